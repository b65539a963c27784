/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.payment.PaymentProcessorSettings.PaymentIdentifiers;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.Claim;
import io.x402.spring.store.InMemoryPaymentLedger;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.ResponseRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Of several payments with one identifier, one is charged, and a payment that will not be
 * charged keeps no other one from it.
 */
class IdentifierClaimsTests {

	private static final Duration LEASE = Duration.ofSeconds(60);

	private final MovingClock clock = MovingClock.standing(Instant.now());

	private final FacilitatorDouble facilitator = Payments.facilitator();

	private final PaymentStore store = new InMemoryPaymentStore(100, 10_000, new InMemoryPaymentLedger(100, this.clock),
			LEASE, this.clock);

	@Test
	void whenARepetitionHasBoundTheIdentifierThenTheEndOfTheFirstRequestDoesNotFreeIt() {
		List<PaymentDecision> repetitions = new ArrayList<>();
		PaymentProcessor other = processor(this.store);
		PaymentProcessor first = processor(new DelegatingPaymentStore(this.store) {

			@Override
			public void release(Claim claim, String reason) {
				super.release(claim, reason);
				if (repetitions.isEmpty()) {
					repetitions.add(process(other, 1));
				}
			}

		});
		accepted(process(first, 1)).release();
		assertThat(accepted(repetitions.get(0)).complete(ResponseRecord.notStored())).isNull();
		assertRefused(process(other, 2), ReasonCode.PAYMENT_IDENTIFIER_CONFLICT);
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenASettlementOfAStoredResponseIsDeclinedThenTheIdentifierIsFree() {
		PaymentProcessor processor = processor(this.store);
		this.facilitator.settling(Payments::neverSent);
		assertThat(accepted(process(processor, 1)).complete(ResponseRecord.stored(new byte[] { 1 })).reason())
			.isEqualTo(ReasonCode.FACILITATOR_UNAVAILABLE);
		assertRefused(process(processor, 2), ReasonCode.PAYMENT_IDENTIFIER_CONFLICT);
		this.facilitator.declining();
		assertRefused(process(processor, 1), ReasonCode.INSUFFICIENT_FUNDS);
		accepted(process(processor, 2));
	}

	@Test
	void whenAnInstanceDiedAndThePriceHasChangedThenTheIdentifierIsFree() {
		accepted(process(processor(this.store), 1));
		PaymentProcessor processor = processor(this.store);
		for (Duration passed = Duration.ZERO; passed.compareTo(LEASE.multipliedBy(2)) < 0; passed = passed
			.plusSeconds(20)) {
			processor.maintain();
			this.clock.pass(Duration.ofSeconds(20));
		}
		PaymentRequirements dearer = Payments.offer(Payments.NETWORK, 20_000, Payments.ASSET, Payments.SELLER,
				Payments.OFFER.extra());
		assertRefused(processor.process(Payments.offers(dearer), identified(1), Payments.request("request")),
				ReasonCode.REQUIREMENTS_MISMATCH);
		accepted(process(processor, 2));
	}

	private static PaymentDecision process(PaymentProcessor processor, int nonce) {
		return processor.process(Payments.TERMS, identified(nonce), Payments.request("request"));
	}

	private static PaymentPayload identified(int nonce) {
		return new PaymentPayload.V2(2, null, Payments.json(Payments.OFFER), Payments.authorization(nonce),
				Map.of("payment-identifier", Map.of("info", Map.of("required", false, "id", "order-0123456789abc"))));
	}

	private static PaymentExchange accepted(PaymentDecision decision) {
		assertThat(decision).isInstanceOf(Accepted.class);
		return ((Accepted) decision).exchange();
	}

	private static void assertRefused(PaymentDecision decision, ReasonCode reason) {
		assertThat(decision).isInstanceOf(Refused.class);
		assertThat(((Refused) decision).refusal().reason()).isEqualTo(reason);
	}

	private PaymentProcessor processor(PaymentStore store) {
		return PaymentProcessor
			.builder(this.facilitator, store, Networks.load(),
					new PaymentProcessorSettings(Duration.ZERO, Duration.ofMinutes(15), Duration.ofMinutes(15), 3,
							PaymentIdentifiers.OPTIONAL)
						.withClock(this.clock::nanos),
					this.clock)
			.build();
	}

}
