/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.web3j.crypto.StructuredDataEncoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests for {@link Eip3009SignatureCheck} and {@link Permit2SignatureCheck}.
 */
class SignatureCheckTests {

	private static final String GATEWAY = "0x0077777d7EBA4688BDeF3E311b846F25870A19B9";

	private static final String PAY_TO = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private static final String NONCE = "0x" + "ab".repeat(32);

	private static final BigInteger ORDER = new BigInteger(
			"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

	@ParameterizedTest
	@ValueSource(strings = { Vectors.BASE_SEPOLIA, Vectors.BASE, Vectors.PERMIT2 })
	void whenOfficialSignerSignedThenPasses(String id) {
		assertThat(check(id, Vectors.offer(id), Vectors.payload(id))).isEqualTo(Answer.VALID);
	}

	@ParameterizedTest
	@ValueSource(strings = { Vectors.BASE_SEPOLIA, Vectors.PERMIT2 })
	void whenAddressesAreWrittenInLowerCaseThenPasses(String id) {
		Map<String, Object> payload = Vectors.payload(id);
		authorization(payload).computeIfPresent("from", (key, from) -> ((String) from).toLowerCase(Locale.ROOT));
		assertThat(check(id, Vectors.offer(id), payload)).isEqualTo(Answer.VALID);
	}

	static Stream<Arguments> brokenSignatures() {
		return Stream.of(Vectors.BASE_SEPOLIA, Vectors.PERMIT2)
			.flatMap((id) -> Stream.of(broken(id, "other s", (signature) -> replace(signature, 70, "00")),
					broken(id, "other r", (signature) -> replace(signature, 10, "00")),
					broken(id, "other parity", SignatureCheckTests::otherParity),
					broken(id, "high s twin", SignatureCheckTests::highS),
					broken(id, "v 0 or 1", (signature) -> v(signature, parity(signature))),
					broken(id, "v 29", (signature) -> v(signature, 29)),
					broken(id, "v 255", (signature) -> v(signature, 255)),
					broken(id, "zeros", (signature) -> "0x" + "00".repeat(64) + "1b"),
					broken(id, "r 0", (signature) -> "0x" + "00".repeat(32) + signature.substring(66)),
					broken(id, "s 0", (signature) -> signature.substring(0, 66) + "00".repeat(32) + "1b"),
					broken(id, "r of the order", (signature) -> "0x" + ORDER.toString(16) + signature.substring(66)),
					broken(id, "all bits", (signature) -> "0x" + "ff".repeat(65)), broken(id, "r without point",
							(signature) -> "0x" + "00".repeat(31) + "05" + signature.substring(66))));
	}

	@ParameterizedTest(name = "{0} {1}")
	@MethodSource("brokenSignatures")
	void whenSignatureIsBrokenThenOnlyTheFacilitatorCanTell(String id, String name, UnaryOperator<String> change) {
		Map<String, Object> payload = Vectors.payload(id);
		payload.computeIfPresent("signature", (key, signature) -> change.apply((String) signature));
		assertThat(check(id, Vectors.offer(id), payload)).isEqualTo(Answer.LEFT_TO_FACILITATOR);
	}

	@ParameterizedTest
	@CsvSource({ "from, 0x209693Bc6afc0C5328bA36FaF03C514EF312287C", "to, 0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A",
			"value, 50001", "validAfter, 1", "validBefore, 1900000001",
			"nonce, 0xabababababababababababababababababababababababababababababababac" })
	void whenAuthorizationWasChangedAfterSigningThenOnlyTheFacilitatorCanTell(String member, String value) {
		Map<String, Object> payload = Vectors.payload(Vectors.BASE_SEPOLIA);
		authorization(payload).put(member, value);
		assertThat(check(Vectors.BASE_SEPOLIA, Vectors.offer(Vectors.BASE_SEPOLIA), payload))
			.isEqualTo(Answer.LEFT_TO_FACILITATOR);
	}

	@ParameterizedTest
	@CsvSource({ "from, 0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
			"spender, 0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002", "nonce, 123456788", "deadline, 1900000001" })
	void whenPermitWasChangedAfterSigningThenOnlyTheFacilitatorCanTell(String member, String value) {
		Map<String, Object> payload = Vectors.payload(Vectors.PERMIT2);
		authorization(payload).put(member, value);
		assertThat(check(Vectors.PERMIT2, Vectors.offer(Vectors.PERMIT2), payload))
			.isEqualTo(Answer.LEFT_TO_FACILITATOR);
	}

	@ParameterizedTest
	@CsvSource({ "permitted, token, 0x209693Bc6afc0C5328bA36FaF03C514EF312287C", "permitted, amount, 50001",
			"witness, to, 0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A", "witness, validAfter, 1" })
	void whenStructInPermitWasChangedAfterSigningThenOnlyTheFacilitatorCanTell(String struct, String member,
			String value) {
		Map<String, Object> payload = Vectors.payload(Vectors.PERMIT2);
		authorization(payload).computeIfPresent(struct, (key, members) -> with((Map<?, ?>) members, member, value));
		assertThat(check(Vectors.PERMIT2, Vectors.offer(Vectors.PERMIT2), payload))
			.isEqualTo(Answer.LEFT_TO_FACILITATOR);
	}

	@ParameterizedTest
	@ValueSource(strings = { Vectors.BASE_SEPOLIA, Vectors.PERMIT2 })
	void whenSignedForAnotherChainThenOnlyTheFacilitatorCanTell(String id) {
		PaymentRequirements offer = Vectors.offer(id);
		PaymentRequirements mainnet = new PaymentRequirements("exact", "eip155:8453", offer.amount(), offer.asset(),
				offer.payTo(), 60, offer.extra());
		assertThat(check(id, mainnet, Vectors.payload(id))).isEqualTo(Answer.LEFT_TO_FACILITATOR);
	}

	@Test
	void whenSignedForAnotherTokenThenOnlyTheFacilitatorCanTell() {
		PaymentRequirements offer = Vectors.offer(Vectors.BASE_SEPOLIA);
		PaymentRequirements other = new PaymentRequirements("exact", offer.network(), offer.amount(),
				"0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", offer.payTo(), 60, offer.extra());
		assertThat(check(Vectors.BASE_SEPOLIA, other, Vectors.payload(Vectors.BASE_SEPOLIA)))
			.isEqualTo(Answer.LEFT_TO_FACILITATOR);
	}

	@ParameterizedTest
	@ValueSource(strings = { Vectors.BASE_SEPOLIA, Vectors.PERMIT2 })
	void whenContractWalletSignedThenPassesToTheFacilitator(String id) {
		Map<String, Object> payload = Vectors.payload(id);
		payload.put("signature", Vectors.erc6492Signature());
		assertThat(check(id, Vectors.offer(id), payload)).isEqualTo(Answer.LEFT_TO_FACILITATOR);
	}

	@Test
	void whenOfferDoesNotNameTheDomainThenPassesToTheFacilitator() {
		PaymentRequirements offer = Vectors.offer(Vectors.BASE_SEPOLIA);
		PaymentRequirements bare = new PaymentRequirements("exact", offer.network(), offer.amount(), offer.asset(),
				offer.payTo(), 60, Map.of());
		assertThat(check(Vectors.BASE_SEPOLIA, bare, Vectors.payload(Vectors.BASE)))
			.isEqualTo(Answer.LEFT_TO_FACILITATOR);
	}

	@Test
	void whenNetworkIsNotEvmThenIsLeftToTheFacilitator() {
		PaymentRequirements offer = Vectors.offer(Vectors.BASE_SEPOLIA);
		PaymentRequirements solana = new PaymentRequirements("exact", "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1",
				offer.amount(), "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU", offer.payTo(), 60, Map.of());
		assertThat(check(Vectors.BASE_SEPOLIA, solana, Map.of("transaction", "AQAB")))
			.isEqualTo(Answer.LEFT_TO_FACILITATOR);
	}

	/**
	 * The signature is made with web3j's own encoder of typed data, not with ours.
	 */
	@Test
	void whenGatewayIsPaidThenItsDomainDecidesAndOtherSignersAreRefused() throws Exception {
		PaymentRequirements offer = new PaymentRequirements("exact", "eip155:84532", BigInteger.TEN,
				"0x036CbD53842c5426634e7929541eC2318f3dCF7e", PAY_TO, 60,
				Map.of("name", "GatewayWalletBatched", "version", "1", "verifyingContract", GATEWAY));
		PrivateKeySigner signer = new PrivateKeySigner("11".repeat(32));
		byte[] digest = new StructuredDataEncoder(gatewayTypedData(signer.address())).hashStructuredData();
		EvmPayload.Eip3009 payment = new EvmPayload.Eip3009("0x" + HexFormat.of().formatHex(signer.sign(digest)),
				signer.address(), PAY_TO, BigInteger.TEN, BigInteger.ZERO, BigInteger.valueOf(1_900_000_000), NONCE);
		assertThat(check(Vectors.BASE_SEPOLIA, offer, payment.toMap())).isEqualTo(Answer.VALID);
		Map<String, Object> forged = payment.toMap();
		forged.put("signature", Vectors.payload(Vectors.BASE_SEPOLIA).get("signature"));
		assertThat(check(Vectors.BASE_SEPOLIA, offer, forged)).isEqualTo(Answer.INVALID);
		PaymentRequirements elsewhere = new PaymentRequirements("exact", "eip155:84532", BigInteger.TEN, offer.asset(),
				PAY_TO, 60, Map.of("name", "GatewayWalletBatched", "version", "1", "verifyingContract", PAY_TO));
		assertThat(check(Vectors.BASE_SEPOLIA, elsewhere, payment.toMap())).isEqualTo(Answer.INVALID);
	}

	private static String gatewayTypedData(String payer) {
		return """
				{"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},
				{"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],
				"TransferWithAuthorization":[{"name":"from","type":"address"},{"name":"to","type":"address"},
				{"name":"value","type":"uint256"},{"name":"validAfter","type":"uint256"},
				{"name":"validBefore","type":"uint256"},{"name":"nonce","type":"bytes32"}]},
				"primaryType":"TransferWithAuthorization","domain":{"name":"GatewayWalletBatched","version":"1",
				"chainId":84532,"verifyingContract":"%s"},"message":{"from":"%s","to":"%s","value":"10",
				"validAfter":"0","validBefore":"1900000000","nonce":"%s"}}""".formatted(GATEWAY, payer, PAY_TO, NONCE);
	}

	private static Answer check(String id, PaymentRequirements offer, Map<String, Object> payload) {
		PayloadCheck check = id.equals(Vectors.PERMIT2) ? new Permit2SignatureCheck() : new Eip3009SignatureCheck();
		return Answer.of(check, Vectors.request(offer, payload));
	}

	enum Answer {

		VALID, INVALID, LEFT_TO_FACILITATOR;

		static Answer of(PayloadCheck check, FacilitatorRequest request) {
			if (check.check(request) != null) {
				return INVALID;
			}
			return check.provesPayer(request) ? VALID : LEFT_TO_FACILITATOR;
		}

	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> authorization(Map<String, Object> payload) {
		return (Map<String, Object>) payload.getOrDefault("authorization", payload.get("permit2Authorization"));
	}

	private static Map<Object, Object> with(Map<?, ?> members, String member, String value) {
		Map<Object, Object> changed = new LinkedHashMap<>(members);
		changed.put(member, value);
		return changed;
	}

	private static Arguments broken(String id, String name, UnaryOperator<String> change) {
		return arguments(id, name, change);
	}

	private static String replace(String signature, int at, String digits) {
		return signature.substring(0, at) + digits + signature.substring(at + digits.length());
	}

	private static int parity(String signature) {
		return Integer.parseInt(signature.substring(130), 16) - 27;
	}

	private static String v(String signature, int v) {
		return signature.substring(0, 130) + "%02x".formatted(v);
	}

	private static String otherParity(String signature) {
		return v(signature, 28 - parity(signature));
	}

	private static String highS(String signature) {
		BigInteger s = ORDER.subtract(new BigInteger(signature.substring(66, 130), 16));
		return otherParity(signature.substring(0, 66) + "%064x".formatted(s) + signature.substring(130));
	}

}
