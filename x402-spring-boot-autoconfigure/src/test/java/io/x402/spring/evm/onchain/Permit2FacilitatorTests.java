/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.x402.spring.evm.Signer;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Permit2 and its schemes {@code exact} and {@code upto}, on a local chain.
 */
class Permit2FacilitatorTests {

	private static final String NOBODY = "0x0000000000000000000000000000000000000000";

	private final TestChain chain = TestChain.get();

	private final Signer key = this.chain.richSigner();

	private final Signer otherKey = this.chain.richSigner();

	private final OnChainFacilitator facilitator = this.chain.facilitator(List.of(this.otherKey, this.key));

	private final String payTo = TestChain.signer().address();

	private final PaymentRequirements offer = ChainBuyer.permit2Offer(this.payTo);

	private final PaymentRequirements upto = ChainBuyer.uptoOffer(this.payTo, this.key.address());

	private final ChainBuyer buyer = this.chain.buyer();

	@BeforeEach
	void prepare() {
		this.chain.mineAtOnce();
		this.chain.approve(this.buyer.address());
	}

	@Test
	void whenPaymentIsRightThenSettlesOnceHoweverOftenItIsAsked() {
		FacilitatorRequest request = this.buyer.payByPermit2(this.offer);
		assertThat(this.facilitator.verify(request)).isEqualTo(new Valid(this.buyer.address()));
		SettlementOutcome first = this.facilitator.settle(request);
		assertThat(first).isInstanceOf(Settled.class);
		assertThat(this.facilitator.settle(request)).isEqualTo(first);
		assertThat(this.chain.facilitator(List.of(this.key)).settle(request)).as("after a restart").isEqualTo(first);
		assertPaid(ChainBuyer.PRICE);
		assertInvalid(request, "permit2_invalid_nonce", ReasonCode.NONCE_ALREADY_USED);
	}

	@Test
	void whenTwoPaymentsAreEqualButForTheirNonceThenNeitherIsTakenForTheOther() {
		FacilitatorRequest first = this.buyer.payByPermit2(this.offer);
		FacilitatorRequest second = this.buyer.payByPermit2(this.offer);
		Settled settled = (Settled) this.facilitator.settle(first);
		OnChainSettlementProbe probe = TestChain.probe(this.chain.chains(), 1);
		assertThat(probe.probe(first, null)).isEqualTo(settled);
		assertThat(probe.probe(second, settled.receipt().transaction()))
			.isInstanceOf(SettlementOutcome.NotExecuted.class);
		Settled other = (Settled) this.facilitator.settle(second);
		assertThat(other.receipt().transaction()).isNotEqualTo(settled.receipt().transaction());
		assertThat(probe.probe(second, null)).isEqualTo(other);
		assertThat(probe.probe(first, null)).isEqualTo(settled);
	}

	@Test
	void whenSchemeOfClaimIsOtherThenIsInvalid() {
		assertInvalid(claiming(this.buyer.payByPermit2(this.offer), "upto", TestChain.NETWORK),
				"unsupported_payload_type", ReasonCode.UNSUPPORTED_PAYLOAD);
		assertInvalid(claiming(this.buyer.payUpto(this.upto, this.key.address()), "exact", TestChain.NETWORK),
				"invalid_upto_evm_scheme", ReasonCode.PAYMENT_REJECTED);
	}

	@Test
	void whenNetworkOfClaimIsOtherThenIsInvalid() {
		assertInvalid(claiming(this.buyer.payByPermit2(this.offer), "exact", "eip155:1"),
				"invalid_exact_evm_network_mismatch", ReasonCode.PAYMENT_REJECTED);
		assertInvalid(claiming(this.buyer.payUpto(this.upto, this.key.address()), "upto", "eip155:1"),
				"invalid_upto_evm_network_mismatch", ReasonCode.PAYMENT_REJECTED);
	}

	@Test
	void whenSpenderIsNotTheProxyThenIsInvalid() {
		assertInvalid(signed(this.buyer.unsignedPermit(this.offer, EvmPayload.Permit2.UPTO_PROXY)),
				"invalid_permit2_spender", ReasonCode.RECIPIENT_MISMATCH);
	}

	@Test
	void whenReceiverIsOtherThenIsInvalid() {
		PaymentRequirements other = ChainBuyer.permit2Offer(TestChain.signer().address());
		assertInvalid(signed(this.buyer.unsignedPermit(other, EvmPayload.Permit2.EXACT_PROXY)),
				"invalid_permit2_recipient_mismatch", ReasonCode.RECIPIENT_MISMATCH);
	}

	@Test
	void whenPermitEndsInFiveSecondsOrStartsInFutureThenIsInvalid() {
		EvmPayload.Permit2 permit = this.buyer.unsignedPermit(this.offer, EvmPayload.Permit2.EXACT_PROXY);
		assertInvalid(signed(times(permit, BigInteger.ZERO, now().add(BigInteger.valueOf(4)))),
				"permit2_deadline_expired", ReasonCode.EXPIRED);
		assertInvalid(signed(times(permit, now().add(BigInteger.valueOf(1000)), ChainBuyer.soon())),
				"permit2_not_yet_valid", ReasonCode.NOT_YET_VALID);
	}

	@Test
	void whenAmountIsOtherThenIsInvalid() {
		PaymentRequirements less = this.offer.withAmount(BigInteger.ONE);
		assertInvalid(signed(this.buyer.unsignedPermit(less, EvmPayload.Permit2.EXACT_PROXY)),
				"permit2_amount_mismatch", ReasonCode.AMOUNT_MISMATCH);
	}

	@Test
	void whenTokenIsOtherThenIsInvalid() {
		PaymentRequirements other = withAsset(TestChain.DISHONEST_TOKEN);
		assertInvalid(signed(this.buyer.unsignedPermit(other, EvmPayload.Permit2.EXACT_PROXY)),
				"permit2_token_mismatch", ReasonCode.AMOUNT_MISMATCH);
	}

	@Test
	void whenTokenIsNoContractThenIsInvalid() {
		assertInvalid(this.buyer.payByPermit2(withAsset(TestChain.signer().address())), "asset_not_deployed_contract",
				ReasonCode.PAYMENT_REJECTED);
	}

	@Test
	void whenSignatureIsOfSomebodyElseThenIsInvalid() {
		EvmPayload.Permit2 permit = this.buyer.unsignedPermit(this.offer, EvmPayload.Permit2.EXACT_PROXY);
		assertInvalid(ChainBuyer.request(this.offer, new ChainBuyer(TestChain.signer()).sign(this.offer, permit)),
				"invalid_permit2_signature", ReasonCode.INVALID_SIGNATURE);
	}

	@Test
	void whenBuyerHasNotEnoughOrDidNotAllowThenIsInvalid() {
		assertInvalid(new ChainBuyer(TestChain.signer()).payByPermit2(this.offer), "permit2_insufficient_balance",
				ReasonCode.INSUFFICIENT_FUNDS);
		assertInvalid(this.chain.buyer().payByPermit2(this.offer), "permit2_allowance_required",
				ReasonCode.ALLOWANCE_REQUIRED);
	}

	@Test
	void whenTokenRefusesForAnotherReasonThenIsInvalid() {
		assertInvalid(this.buyer.payByPermit2(withAsset(TestChain.DISHONEST_TOKEN)), "permit2_simulation_failed",
				ReasonCode.PAYMENT_REJECTED);
	}

	@Test
	void whenProxyIsNotDeployedThenIsInvalid() {
		this.chain.rpc("anvil_setCode", EvmPayload.Permit2.EXACT_PROXY, "0x");
		try {
			// a call of nothing succeeds, so this is not left to the simulation
			assertInvalid(this.buyer.payByPermit2(this.offer), "permit2_proxy_not_deployed",
					ReasonCode.PAYMENT_REJECTED);
		}
		finally {
			this.chain.place("LabExactPermit2Proxy", EvmPayload.Permit2.EXACT_PROXY);
		}
	}

	@Test
	void whenClockOfChainIsBehindOrAheadThenTheContractDecides() {
		EvmPayload.Permit2 permit = this.buyer.unsignedPermit(this.offer, EvmPayload.Permit2.EXACT_PROXY);
		BigInteger hour = BigInteger.valueOf(3600);
		FacilitatorRequest early = signed(
				times(permit, now().add(BigInteger.valueOf(1800)), now().add(hour.shiftLeft(1))));
		assertThat(this.chain.facilitator(this.key, Duration.ofHours(1)).verify(early))
			.isEqualTo(new Invalid(ReasonCode.NOT_YET_VALID, "permit2_payment_too_early"));
		FacilitatorRequest late = signed(times(permit, BigInteger.ZERO, now().subtract(BigInteger.valueOf(1800))));
		assertThat(this.chain.facilitator(this.key, Duration.ofHours(-1)).verify(late))
			.isEqualTo(new Invalid(ReasonCode.INVALID_SIGNATURE, "invalid_permit2_signature"));
	}

	@Test
	void whenReceiverIsNobodyOrAmountIsNothingThenTheContractRefuses() {
		assertInvalid(this.buyer.payByPermit2(ChainBuyer.permit2Offer(NOBODY)), "permit2_invalid_destination",
				ReasonCode.PAYMENT_REJECTED);
		assertInvalid(this.buyer.payByPermit2(this.offer.withAmount(BigInteger.ZERO)), "permit2_invalid_amount",
				ReasonCode.PAYMENT_REJECTED);
	}

	/**
	 * What our own checks find before is tried without them, so that nobody depends on
	 * those alone.
	 */
	@Test
	void whenContractRefusesWhatOurChecksLetThroughThenTheReasonIsTold() {
		FacilitatorRequest request = this.buyer.payUpto(this.upto, this.key.address());
		assertThat(simulated(request, this.key.address())).isNull();
		assertThat(simulated(request, this.otherKey.address())).isEqualTo("upto_unauthorized_facilitator");
		assertThat(simulated(withOffer(request, this.upto.withAmount(ChainBuyer.PRICE.add(BigInteger.ONE))),
				this.key.address()))
			.isEqualTo("upto_amount_exceeds_permitted");
		EvmPayload.Permit2 permit = this.buyer.unsignedPermit(this.offer, EvmPayload.Permit2.EXACT_PROXY);
		assertThat(
				simulated(ChainBuyer.request(this.offer, new ChainBuyer(TestChain.signer()).sign(this.offer, permit)),
						this.key.address()))
			.isEqualTo("invalid_permit2_signature");
		PaymentRequirements nothing = this.upto.withAmount(BigInteger.ZERO);
		assertThat(simulated(withOffer(ofNobody(request), nothing), this.key.address()))
			.isEqualTo("permit2_invalid_owner");
	}

	@Test
	void whenLessIsUsedThenLessIsCharged() {
		FacilitatorRequest request = this.buyer.payUpto(this.upto, this.key.address());
		assertThat(this.facilitator.verify(request)).isEqualTo(new Valid(this.buyer.address()));
		BigInteger used = BigInteger.valueOf(12_345);
		FacilitatorRequest actual = request.charging(used);
		assertThat(this.facilitator.settle(actual)).isInstanceOfSatisfying(Settled.class,
				(settled) -> assertThat(settled.receipt().amount()).isEqualTo("12345"));
		assertPaid(used);
		assertThat(this.chain.transactions(this.key.address())).as("only the named account may settle").isEqualTo(1);
		assertThat(TestChain.probe(this.chain.chains(), 1).probe(actual, null)).isInstanceOf(Settled.class);
		assertThat(TestChain.probe(this.chain.chains(), 1).probe(request, null)).as("the ceiling was not charged")
			.isInstanceOf(SettlementOutcome.Unknown.class);
	}

	@Test
	void whenNothingIsUsedThenNothingIsSent() {
		FacilitatorRequest request = this.buyer.payUpto(this.upto, this.key.address());
		FacilitatorRequest actual = request.charging(BigInteger.ZERO);
		assertThat(this.facilitator.settle(actual)).isInstanceOfSatisfying(Settled.class, (settled) -> {
			assertThat(settled.receipt().transaction()).isEmpty();
			assertThat(settled.receipt().amount()).isEqualTo("0");
		});
		assertPaid(BigInteger.ZERO);
		assertThat(this.chain.transactions(this.key.address())).isZero();
	}

	@Test
	void whenMoreIsUsedThanSignedThenIsDeclined() {
		FacilitatorRequest request = this.buyer.payUpto(this.upto, this.key.address());
		FacilitatorRequest actual = request.charging(ChainBuyer.PRICE.add(BigInteger.ONE));
		assertThat(this.facilitator.settle(actual)).isInstanceOfSatisfying(Declined.class,
				(declined) -> assertThat(declined.receipt().errorReason())
					.isEqualTo("invalid_upto_evm_payload_settlement_exceeds_amount"));
		assertPaid(BigInteger.ZERO);
	}

	@Test
	void whenSettlerIsNotOursThenIsInvalid() {
		assertInvalid(this.buyer.payUpto(this.upto, TestChain.signer().address()), "upto_facilitator_mismatch",
				ReasonCode.PAYMENT_REJECTED);
		FacilitatorRequest none = this.buyer.payByPermit2(this.offer);
		assertInvalid(
				ChainBuyer.request(this.upto,
						this.buyer.sign(this.upto,
								this.buyer.unsignedPermit(this.upto, EvmPayload.Permit2.UPTO_PROXY))),
				"upto_facilitator_mismatch", ReasonCode.PAYMENT_REJECTED);
		assertThat(this.facilitator.verify(none)).isInstanceOf(Valid.class);
	}

	private void assertInvalid(FacilitatorRequest request, String reason, ReasonCode code) {
		assertThat(this.facilitator.verify(request)).isEqualTo(new Invalid(code, reason));
	}

	private void assertPaid(BigInteger amount) {
		assertThat(this.chain.balance(this.payTo)).isEqualTo(amount);
	}

	private String simulated(FacilitatorRequest request, String from) {
		Authorization authorization = Authorizations.of(request, Networks.load(), Set.of());
		Reason reason = Simulation.run(new ChainState(this.chain.chains().get(TestChain.NETWORK), Chain.LATEST),
				authorization, from);
		return (reason != null) ? reason.word() : null;
	}

	private static FacilitatorRequest withOffer(FacilitatorRequest request, PaymentRequirements offer) {
		return new FacilitatorRequest(request.payload(), offer, request.resource());
	}

	private static FacilitatorRequest ofNobody(FacilitatorRequest request) {
		Map<String, Object> payload = new LinkedHashMap<>(request.payload().payload());
		Map<String, Object> authorization = new LinkedHashMap<>();
		((Map<?, ?>) payload.get("permit2Authorization"))
			.forEach((key, value) -> authorization.put(String.valueOf(key), value));
		authorization.put("from", NOBODY);
		payload.put("permit2Authorization", authorization);
		return new FacilitatorRequest(
				new PaymentPayload.V2(2, null, Map.of("scheme", "upto", "network", TestChain.NETWORK), payload, null),
				request.requirements(), request.resource());
	}

	private FacilitatorRequest signed(EvmPayload.Permit2 permit) {
		return ChainBuyer.request(this.offer, this.buyer.sign(this.offer, permit));
	}

	private static FacilitatorRequest claiming(FacilitatorRequest request, String scheme, String network) {
		return new FacilitatorRequest(new PaymentPayload.V2(2, null, Map.of("scheme", scheme, "network", network),
				request.payload().payload(), null), request.requirements(), request.resource());
	}

	private static EvmPayload.Permit2 times(EvmPayload.Permit2 permit, BigInteger validAfter, BigInteger validBefore) {
		return new EvmPayload.Permit2("0x", permit.from(), permit.token(), permit.value(), permit.spender(),
				permit.nonce(), validBefore, permit.to(), validAfter, null);
	}

	private PaymentRequirements withAsset(String asset) {
		return new PaymentRequirements("exact", TestChain.NETWORK, ChainBuyer.PRICE, asset, this.payTo, 300,
				this.offer.extra());
	}

	private static BigInteger now() {
		return BigInteger.valueOf(System.currentTimeMillis() / 1000);
	}

}
