/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.TrustedPayers;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Redelivered;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.ResponseRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who is refused pays nothing, and who merely names a payer learns nothing about it.
 */
class PayerScreeningTests {

	private static final PayloadCheck UNPROVED = (request) -> null;

	private final FacilitatorDouble facilitator = Payments.facilitator();

	private final PaymentStore store = Payments.store();

	private final List<String> screened = new ArrayList<>();

	private PayerScreening screening = (payer, offer) -> false;

	private boolean verifyUpfront = true;

	@Test
	void whenSignedPayerIsRefusedThenNothingIsVerifiedOrClaimed() {
		assertThat(refused(process(new TrustedPayers(), Payments.OFFER, 1))).isEqualTo(ReasonCode.PAYER_REFUSED);
		assertThat(this.screened).containsExactly(Payments.PAYER + " 10000 " + Payments.NETWORK);
		assertThat(this.facilitator.verifications()).isEmpty();
		assertThat(this.store.find(Payments.key(Payments.payment(1)))).isNull();
	}

	@Test
	void whenPayerIsAcceptedByAllThenHandlerRuns() {
		this.screening = (payer, offer) -> true;
		assertThat(process(new TrustedPayers(), Payments.OFFER, 1)).isInstanceOf(Accepted.class);
		assertThat(process(UNPROVED, Payments.OFFER, 2)).isInstanceOf(Accepted.class);
		assertThat(this.screened).hasSize(2);
	}

	@Test
	void whenStrangerNamesARefusedPayerThenTheResponseIsThatForAnybody() {
		this.facilitator.verifying(() -> new Invalid(ReasonCode.INVALID_SIGNATURE));
		PaymentDecision named = process(UNPROVED, Payments.OFFER, 1);
		assertThat(this.screened).isEmpty();
		this.screening = (payer, offer) -> true;
		assertThat(process(UNPROVED, Payments.OFFER, 2)).isEqualTo(named);
		assertThat(this.store.find(Payments.key(Payments.payment(1)))).isNull();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenFacilitatorProvesARefusedPayerThenNoMoneyMovesAndNothingIsKept(boolean upfront) {
		this.verifyUpfront = false;
		PaymentRequirements offer = upfront ? Payments.upfrontOffer() : Payments.OFFER;
		assertThat(refused(process(UNPROVED, offer, 1))).isEqualTo(ReasonCode.PAYER_REFUSED);
		assertThat(this.facilitator.verifications()).hasSize(1);
		assertThat(this.facilitator.settlements()).isEmpty();
		assertThat(this.store.find(Payments.key(Payments.payment(1)))).isNull();
	}

	@Test
	void whenSignedPayerIsRefusedThenNothingIsSettledUpfront() {
		this.verifyUpfront = false;
		assertThat(refused(process(new TrustedPayers(), Payments.upfrontOffer(), 1)))
			.isEqualTo(ReasonCode.PAYER_REFUSED);
		assertThat(this.facilitator.settlements()).isEmpty();
		this.screening = (payer, offer) -> true;
		assertThat(process(new TrustedPayers(), Payments.upfrontOffer(), 2)).isInstanceOf(Accepted.class);
		assertThat(this.facilitator.verifications()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenScreeningFailsThenPaymentCanBeSentAgain(boolean proved) {
		PayloadCheck check = proved ? new TrustedPayers() : UNPROVED;
		this.screening = (payer, offer) -> {
			throw new IllegalStateException("Out of order");
		};
		PaymentDecision decision = process(check, Payments.OFFER, 1);
		assertThat(refused(decision)).isEqualTo(ReasonCode.SCREENING_UNAVAILABLE);
		assertThat(((Refused) decision).refusal().retryAfter()).isPositive();
		assertThat(this.facilitator.settlements()).isEmpty();
		this.screening = (payer, offer) -> true;
		assertThat(process(check, Payments.OFFER, 1)).isInstanceOf(Accepted.class);
	}

	@Test
	void whenFacilitatorNamesAnotherPayerThenThatIsRefusedFirst() {
		this.facilitator.verifying(() -> new Valid(Payments.SELLER));
		assertThat(refused(process(UNPROVED, Payments.OFFER, 1))).isEqualTo(ReasonCode.PAYMENT_REJECTED);
		assertThat(this.screened).isEmpty();
	}

	@Test
	void whenPayerIsRefusedLaterThenPaymentThatWasNotChargedIsNotChargedAnyMore() {
		this.screening = (payer, offer) -> true;
		PaymentProcessor processor = processor(new TrustedPayers());
		exchange(process(processor, Payments.OFFER, 1)).abandon(Abandonment.SELLER_FAILURE);
		this.screening = (payer, offer) -> false;
		assertThat(refused(process(processor, Payments.OFFER, 1))).isEqualTo(ReasonCode.PAYER_REFUSED);
		assertThat(this.facilitator.settlements()).isEmpty();
	}

	@Test
	void whenPayerIsRefusedLaterThenWhatWasPaidForIsDelivered() {
		this.screening = (payer, offer) -> true;
		PaymentProcessor processor = processor(new TrustedPayers());
		assertThat(exchange(process(processor, Payments.OFFER, 1)).complete(ResponseRecord.stored(new byte[] { 1 })))
			.isNull();
		this.screening = (payer, offer) -> false;
		assertThat(process(processor, Payments.OFFER, 1)).isInstanceOf(Redelivered.class);
	}

	@Test
	void whenFacilitatorRefusesThePayerThenResponseIsTheSame() {
		this.screening = (payer, offer) -> true;
		ReasonCode reason = ReasonCode.of("kyt_risk_detected", ReasonCode.PAYMENT_REJECTED);
		this.facilitator.verifying(() -> new Invalid(reason, "kyt_risk_detected"));
		assertThat(refused(process(new TrustedPayers(), Payments.OFFER, 1))).isEqualTo(ReasonCode.PAYER_REFUSED);
	}

	@Test
	void whenFacilitatorDoesNotNameAPayerThenItCannotBeScreened() {
		this.facilitator.verifying(() -> new Valid(null));
		PaymentRequirements offer = Payments.offer("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", 10_000, "token", "seller",
				Map.of());
		PaymentDecision decision = processor(UNPROVED).process(Payments.offers(offer),
				Payments.payment(offer, Map.of("transaction", "AAAA")), Payments.request("request"));
		assertThat(refused(decision)).isEqualTo(ReasonCode.SCREENING_UNAVAILABLE);
	}

	private static PaymentExchange exchange(PaymentDecision decision) {
		assertThat(decision).isInstanceOf(Accepted.class);
		return ((Accepted) decision).exchange();
	}

	private static ReasonCode refused(PaymentDecision decision) {
		assertThat(decision).isInstanceOf(Refused.class);
		return ((Refused) decision).refusal().reason();
	}

	private PaymentDecision process(PayloadCheck check, PaymentRequirements offer, int nonce) {
		return process(processor(check), offer, nonce);
	}

	private static PaymentDecision process(PaymentProcessor processor, PaymentRequirements offer, int nonce) {
		return processor.process(Payments.offers(offer), Payments.payment(offer, Payments.authorization(nonce)),
				Payments.request("request"));
	}

	private PaymentProcessor processor(PayloadCheck check) {
		return PaymentProcessor
			.builder(this.facilitator, this.store, Networks.load(),
					Payments.settings(Duration.ZERO).withVerifyUpfront(this.verifyUpfront), Clock.systemUTC())
			.checks(List.of(check))
			.screenings(List.of((payer, offer) -> true, this::screen))
			.build();
	}

	private boolean screen(String payer, PaymentRequirements offer) {
		this.screened.add(payer + " " + offer.amount() + " " + offer.network());
		return this.screening.accepts(payer, offer);
	}

}
