/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.TrustedPayers;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.payment.PaymentProcessorSettings.Verification;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.ResponseRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link Verification#LOCAL} saves the call for payers whose last payment was settled,
 * and for nobody else.
 */
class LocalVerificationTests {

	private final AtomicInteger transactions = new AtomicInteger();

	private final FacilitatorDouble facilitator = new FacilitatorDouble()
		.settling(() -> new SettlementOutcome.Settled(SettlementResponse
			.success("0x%064x".formatted(this.transactions.incrementAndGet()), Payments.NETWORK, Payments.PAYER)));

	private PaymentProcessor processor = processor(Verification.LOCAL, new TrustedPayers());

	@Test
	void whenAPaymentOfThePayerWasSettledThenTheNextOneIsVerifiedLocallyAndSettledAsEver() {
		buy(1);
		assertThat(this.facilitator.verifications()).hasSize(1);
		buy(2);
		buy(3);
		assertThat(this.facilitator.verifications()).hasSize(1);
		assertThat(this.facilitator.settlements()).hasSize(3);
	}

	@Test
	void whenTheFacilitatorIsToVerifyThenItVerifiesEachPayment() {
		this.processor = processor(Verification.FACILITATOR, new TrustedPayers());
		buy(1);
		buy(2);
		assertThat(this.facilitator.verifications()).hasSize(2);
	}

	@Test
	void whenThePayerHasPaidNothingYetThenAPaymentThatIsInvalidRunsNoHandler() {
		this.facilitator.verifying(() -> new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "poor"));
		assertThat(process(1)).isInstanceOf(Refused.class);
		assertThat(process(2)).isInstanceOf(Refused.class);
		assertThat(this.facilitator.verifications()).hasSize(2);
	}

	@Test
	void whenAHandlerWasNotChargedThenItsPayerIsNotKnownToPay() {
		accept(1).abandon(Abandonment.SELLER_FAILURE);
		accept(2);
		assertThat(this.facilitator.verifications()).hasSize(2);
	}

	@Test
	void whenNothingProvesThePayerThenTheFacilitatorVerifies() {
		this.processor = processor(Verification.LOCAL, (request) -> null);
		buy(1);
		buy(2);
		assertThat(this.facilitator.verifications()).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenAPaymentIsNotSettledThenTheFacilitatorVerifiesTheNextOne(boolean declined) {
		buy(1);
		SettlementResponse failure = SettlementResponse.failure("poor", Payments.NETWORK, Payments.PAYER);
		this.facilitator
			.settling(() -> declined ? new SettlementOutcome.Declined(ReasonCode.INSUFFICIENT_FUNDS, failure)
					: new SettlementOutcome.Unknown("timeout", null));
		PaymentRefusal refusal = accept(2).complete(ResponseRecord.notStored());
		assertThat(refusal).isNotNull();
		assertThat(refusal.reason())
			.isEqualTo(declined ? ReasonCode.INSUFFICIENT_FUNDS : ReasonCode.SETTLEMENT_PENDING);
		assertThat(this.facilitator.verifications()).hasSize(1);
		this.facilitator.verifying(() -> new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "poor"));
		assertThat(process(3)).isInstanceOf(Refused.class);
		assertThat(this.facilitator.verifications()).hasSize(2);
	}

	@Test
	void whenThePayerPaysOnAnotherNetworkThenTheFacilitatorVerifies() {
		buy(1);
		PaymentOffers elsewhere = Payments
			.offers(Payments.offer("eip155:8453", 10_000, Payments.ASSET, Payments.SELLER, Payments.OFFER.extra()));
		this.processor.process(elsewhere, Payments.payment(elsewhere.accepts().get(0), Payments.authorization(2)),
				Payments.request("request"));
		assertThat(this.facilitator.verifications()).hasSize(2);
	}

	private void buy(int nonce) {
		assertThat(accept(nonce).complete(ResponseRecord.notStored())).isNull();
	}

	private PaymentExchange accept(int nonce) {
		PaymentDecision decision = process(nonce);
		assertThat(decision).isInstanceOf(Accepted.class);
		return ((Accepted) decision).exchange();
	}

	private PaymentDecision process(int nonce) {
		return this.processor.process(Payments.TERMS, Payments.payment(nonce), Payments.request("request"));
	}

	private PaymentProcessor processor(Verification verification, PayloadCheck check) {
		return PaymentProcessor
			.builder(this.facilitator, Payments.store(), Networks.load(),
					Payments.settings(Duration.ZERO).withVerification(verification), Clock.systemUTC())
			.checks(List.of(check))
			.build();
	}

}
