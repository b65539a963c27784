/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.x402.spring.evm.PaymentDigest;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.evm.Signer;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls and signatures to the byte as the official JavaScript packages make them.
 */
class ContractCallTests {

	private static final JsonMapper MAPPER = new JsonMapper();

	private final JsonNode vectors = read();

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			authorizationState(address,bytes32) | 0xe94a0102
			balanceOf(address) | 0x70a08231
			allowance(address,address) | 0xdd62ed3e
			approve(address,uint256) | 0x095ea7b3
			isValidSignature(bytes32,bytes) | 0x1626ba7e
			tryAggregate(bool,(address,bytes)[]) | 0xbce38bd7
			settle(((address,uint256),uint256,uint256),address,(address,uint256),bytes) | 0x13cd3b53
			settle(((address,uint256),uint256,uint256),uint256,address,(address,address,uint256),bytes) | 0xff11e7b4
			""")
	void selectorIsTheOneOfTheReference(String signature, String selector) {
		assertThat(Abi.selector(signature)).isEqualTo(selector);
	}

	@Test
	void whenPlainAccountPaysThenCallHasPartsOfItsSignature() {
		assertThat(transfer("eip3009-base-sepolia-usdc", "authorization").data())
			.isEqualTo(vector("eip3009-base-sepolia-usdc").get("calldataVrs").asString());
	}

	@Test
	void whenWalletPaysThenCallHasSignatureAsBytes() {
		JsonNode vector = vector("eip3009-base-sepolia-usdc");
		String call = transfer("eip3009-base-sepolia-usdc", "authorization", vector.get("signature").asString() + "00")
			.data();
		assertThat(call).startsWith(vector.get("calldataBytes").asString().substring(0, 10 + 6 * 64))
			.contains(vector.get("signature").asString().substring(2));
	}

	@Test
	void whenPaidByPermit2ThenCallIsTheOneOfTheReference() {
		ContractCall call = transfer("permit2-exact-base-sepolia", "permit2Authorization");
		assertThat(call.to()).isEqualTo(EvmPayload.Permit2.EXACT_PROXY);
		assertThat(call.data()).isEqualTo(vector("permit2-exact-base-sepolia").get("settleCalldata").asString());
	}

	@Test
	void whenSignedForVariableAmountThenSignatureIsTheOneOfTheReference() {
		JsonNode vector = vector("permit2-upto-base-sepolia");
		Signer signer = new PrivateKeySigner(vector.get("privateKey").asString());
		JsonNode message = vector.get("message");
		PaymentRequirements offer = new PaymentRequirements("upto", "eip155:84532", BigInteger.valueOf(1_000_000),
				message.at("/permitted/token").asString(), message.at("/witness/to").asString(), 60, Map.of());
		EvmPayload.Permit2 permit = new EvmPayload.Permit2("0x", signer.address(), offer.asset(), offer.amount(),
				message.get("spender").asString(), message.get("nonce").asString(),
				new BigInteger(message.get("deadline").asString()), offer.payTo(), BigInteger.ZERO,
				message.at("/witness/facilitator").asString());
		byte[] digest = new PaymentDigest().of(offer, permit);
		assertThat(Hex.of(digest)).isEqualTo(vector.get("digest").asString());
		assertThat(Hex.of(signer.sign(digest))).isEqualTo(vector.get("signature").asString());
	}

	@Test
	void whenSignatureIsOfErc6492ThenIsUnwrapped() {
		JsonNode vector = this.vectors.get("erc6492");
		WalletSignature signature = WalletSignature.of(vector.get("wrapped").asString());
		assertThat(signature.inner()).isEqualTo(vector.get("inner").asString());
		assertThat(signature.deployment())
			.isEqualTo(new ContractCall(vector.get("factory").asString(), vector.get("factoryCalldata").asString()));
	}

	@Test
	void whenErc6492IsCutOrLiesAboutItsLengthThenIsRefused() {
		String wrapped = this.vectors.at("/erc6492/wrapped").asString();
		String magic = wrapped.substring(wrapped.length() - 64);
		String body = wrapped.substring(0, wrapped.length() - 64);
		for (int words = 0; words < (body.length() - 2) / 64; words++) {
			assertThat(WalletSignature.of(body.substring(0, 2 + words * 64) + magic)).as(words + " words").isNull();
		}
		assertThat(WalletSignature.of("0x" + "f".repeat(64 * 3) + magic)).isNull();
	}

	private ContractCall transfer(String id, String member) {
		return transfer(id, member, vector(id).get("signature").asString());
	}

	private ContractCall transfer(String id, String member, String signature) {
		JsonNode vector = vector(id);
		Map<String, Object> authorization = new LinkedHashMap<>();
		authorization.put("from", vector.get("address").asString());
		vector.get("message")
			.propertyStream()
			.forEach((each) -> authorization.put(each.getKey(), each.getValue().isString() ? each.getValue().asString()
					: MAPPER.convertValue(each.getValue(), Map.class)));
		PaymentRequirements offer = new PaymentRequirements("exact", "eip155:84532", BigInteger.valueOf(50_000),
				TestChain.USDC, "0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 60, Map.of());
		FacilitatorRequest request = new FacilitatorRequest(
				new PaymentPayload.V2(2, null, Map.of(), Map.of("signature", signature, member, authorization), null),
				offer, new ResourceInfo("https://api.example.test/v1/forecast", null, null));
		return Authorizations.of(request, Networks.load(), Set.of()).transfer();
	}

	private JsonNode vector(String id) {
		return this.vectors.get("vectors")
			.valueStream()
			.filter((vector) -> vector.get("id").asString().equals(id))
			.findFirst()
			.orElseThrow();
	}

	private static JsonNode read() {
		try (InputStream json = PaymentDigest.class.getResourceAsStream("vectors.json")) {
			return MAPPER.readTree(json);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
