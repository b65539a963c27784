/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.x402.spring.evm.Signer;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.web3j.crypto.Hash;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Buyers who never approved their token to Permit2 and sign a permit instead, on a local
 * chain.
 */
class Eip2612Tests {

	private static final BigInteger END = BigInteger.valueOf(System.currentTimeMillis() / 1000 + 3000);

	private final TestChain chain = TestChain.get();

	private final Signer key = this.chain.richSigner();

	private final OnChainFacilitator facilitator = this.chain.facilitator(List.of(this.key));

	private final String payTo = TestChain.signer().address();

	private final PaymentRequirements offer = ChainBuyer.permit2Offer(this.payTo);

	private final PaymentRequirements upto = ChainBuyer.uptoOffer(this.payTo, this.key.address());

	private final ChainBuyer buyer = this.chain.buyer();

	@BeforeEach
	void mineAtOnce() {
		this.chain.mineAtOnce();
	}

	@Test
	void whenPermitIsSignedThenPaysWithoutAllowanceAndOnce() {
		FacilitatorRequest request = sponsored(this.buyer.payByPermit2(this.offer), Map.of());
		assertThat(this.facilitator.verify(this.buyer.payByPermit2(this.offer)))
			.isEqualTo(new Invalid(ReasonCode.ALLOWANCE_REQUIRED, "permit2_allowance_required"));
		assertThat(this.facilitator.verify(request)).isEqualTo(new Valid(this.buyer.address()));
		Settled settled = (Settled) this.facilitator.settle(request);
		assertThat(this.facilitator.settle(request)).isEqualTo(settled);
		assertThat(this.chain.facilitator(List.of(this.key)).settle(request)).as("after a restart").isEqualTo(settled);
		assertThat(TestChain.probe(this.chain.chains(), 1).probe(request, null)).isEqualTo(settled);
		assertThat(this.chain.balance(this.payTo)).isEqualTo(ChainBuyer.PRICE);
		assertThat(this.chain.transactions(this.key.address())).isEqualTo(1);
	}

	@Test
	void whenSchemeIsUptoThenLessCanBeCharged() {
		FacilitatorRequest request = sponsored(this.buyer.payUpto(this.upto, this.key.address()), Map.of());
		assertThat(this.facilitator.verify(request)).isEqualTo(new Valid(this.buyer.address()));
		assertThat(this.facilitator.settle(request.charging(BigInteger.TEN))).isInstanceOf(Settled.class);
		assertThat(this.chain.balance(this.payTo)).isEqualTo(10);
	}

	@Test
	void whenTokenIsApprovedAlreadyThenAUsedPermitDoesNotMatter() {
		this.chain.approve(this.buyer.address());
		FacilitatorRequest request = sponsored(this.buyer.payByPermit2(this.offer), Map.of("signature", wrong()));
		assertThat(this.facilitator.settle(request)).isInstanceOf(Settled.class);
	}

	@ParameterizedTest
	@CsvSource({ "from, 0x01, invalid_eip2612_extension_format", "asset, '', invalid_eip2612_extension_format",
			"spender, nobody, invalid_eip2612_extension_format", "amount, -1, invalid_eip2612_extension_format",
			"deadline, soon, invalid_eip2612_extension_format", "signature, 0x, invalid_eip2612_extension_format",
			"from, 0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002, eip2612_from_mismatch",
			"asset, 0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002, eip2612_asset_mismatch",
			"spender, 0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002, eip2612_spender_not_permit2" })
	void whenPermitIsForSomethingElseThenIsInvalid(String member, String value, String reason) {
		assertRefused(sponsored(this.buyer.payByPermit2(this.offer), Map.of(member, value)), reason);
	}

	@Test
	void whenPermitIsExpiredOrOfAnotherAmountOrNotThePayersThenIsInvalid() {
		FacilitatorRequest request = this.buyer.payByPermit2(this.offer);
		assertRefused(sponsored(request, Map.of("deadline", "1000")), "eip2612_deadline_expired");
		assertRefused(sponsored(request, Map.of("amount", "1")), "permit2_2612_amount_mismatch");
		assertRefused(sponsored(request, Map.of("signature", wrong())), "permit2_allowance_required");
	}

	@ParameterizedTest
	@ValueSource(strings = { "from", "signature", "deadline" })
	void whenBuyerOnlyEchoesWhatWasAnnouncedThenThereIsNoPermit(String missing) {
		FacilitatorRequest request = this.buyer.payByPermit2(this.offer);
		Map<String, Object> info = info();
		info.remove(missing);
		assertThat(this.facilitator.verify(with(request, info)))
			.isEqualTo(new Invalid(ReasonCode.ALLOWANCE_REQUIRED, "permit2_allowance_required"));
	}

	private void assertRefused(FacilitatorRequest request, String reason) {
		assertThat(this.facilitator.verify(request)).isInstanceOfSatisfying(Invalid.class,
				(invalid) -> assertThat(invalid.reason()).isEqualTo(reason));
		assertThat(this.facilitator.settle(request)).isInstanceOfAny(Declined.class, Unknown.class);
		assertThat(this.chain.balance(this.payTo)).isZero();
		assertThat(this.chain.transactions(this.key.address())).isZero();
	}

	private FacilitatorRequest sponsored(FacilitatorRequest request, Map<String, Object> changes) {
		Map<String, Object> info = info();
		info.putAll(changes);
		return with(request, info);
	}

	private static FacilitatorRequest with(FacilitatorRequest request, Map<String, Object> info) {
		PaymentPayload.V2 payload = (PaymentPayload.V2) request.payload();
		return new FacilitatorRequest(
				new PaymentPayload.V2(2, null, payload.accepted(), payload.payload(),
						Map.of("eip2612GasSponsoring", Map.of("info", info))),
				request.requirements(), request.resource());
	}

	private Map<String, Object> info() {
		Map<String, Object> info = new LinkedHashMap<>();
		info.put("from", this.buyer.address());
		info.put("asset", TestChain.USDC);
		info.put("spender", Permit2Authorization.PERMIT2);
		info.put("amount", ChainBuyer.PRICE.toString());
		info.put("nonce", "0");
		info.put("deadline", END.toString());
		info.put("signature", sign(ChainBuyer.PRICE, END));
		info.put("version", "1");
		return info;
	}

	private String wrong() {
		return sign(BigInteger.TWO, END);
	}

	private String sign(BigInteger amount, BigInteger deadline) {
		String type = Abi.topic("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
		String domain = this.chain
			.rpc("eth_call", Map.of("to", TestChain.USDC, "data", Abi.selector("DOMAIN_SEPARATOR()")), "latest")
			.asString();
		String struct = Hash.sha3(Abi.encode("0x", Abi.bytes32(type), Abi.address(this.buyer.address()),
				Abi.address(Permit2Authorization.PERMIT2), Abi.uint(amount), Abi.uint(BigInteger.ZERO),
				Abi.uint(deadline)));
		return Hex
			.of(this.buyer.signer().sign(Hex.bytes(Hash.sha3("0x1901" + domain.substring(2) + struct.substring(2)))));
	}

}
