/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Clock;
import java.time.Duration;

import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.InMemoryPaymentLedger;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.ResponseRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How often one payment runs a handler for which nothing is charged, whatever happens
 * between a run and its record: at most {@code max-uncharged-runs} times, and once more
 * only for a run that nobody could record.
 */
class UnchargedRunsTests {

	private static final int RUNS = 3;

	private static final byte[] RESPONSE = { 1, 2, 3 };

	private final FacilitatorDouble facilitator = Payments.facilitator();

	@Test
	void whenAHandlerFailsThenItRunsThreeTimes() {
		PaymentProcessor processor = processor(Payments.store());
		for (int run = 1; run <= RUNS; run++) {
			fail(processor);
		}
		assertRefused(process(processor), ReasonCode.PAYMENT_ABANDONED);
	}

	@Test
	void whenTheStoreIsOutOfReachAfterARunThenTheRunIsRecordedLater() {
		StoreDouble store = new StoreDouble();
		PaymentProcessor processor = processor(store);
		fail(processor);
		store.breakingAt(ClaimState.ABANDONED);
		fail(processor);
		assertThat(processor.activeClaims()).isZero();
		store.repair();
		processor.maintain();
		assertThat(claim(store)).returns(ClaimState.ABANDONED, Claim::state).returns(2, Claim::runs);
		fail(processor);
		assertRefused(process(processor), ReasonCode.PAYMENT_ABANDONED);
	}

	@Test
	void whenTheStoreIsOutOfReachAfterTheLastRunThenItIsTheLastOneAllTheSame() {
		StoreDouble store = new StoreDouble();
		PaymentProcessor processor = processor(store);
		fail(processor);
		fail(processor);
		store.breakingAt(ClaimState.EXHAUSTED);
		fail(processor);
		store.repair();
		processor.maintain();
		assertRefused(process(processor), ReasonCode.PAYMENT_ABANDONED);
	}

	@Test
	void whenTheRecordOfARunWasMadeAndItsAnswerLostThenItCountsOnce() {
		StoreDouble store = new StoreDouble().losingAnswersAt(ClaimState.ABANDONED);
		PaymentProcessor processor = processor(store);
		fail(processor);
		processor.maintain();
		assertThat(claim(store)).returns(ClaimState.ABANDONED, Claim::state).returns(1, Claim::runs);
	}

	@Test
	void whenTheResponseOfTheLastRunIsLostBeforeItIsSettledThenItIsTheLastOneAllTheSame() {
		PaymentStore store = new DelegatingPaymentStore(Payments.store()) {

			@Override
			public ResponseRecord response(Claim claim) {
				return ResponseRecord.notStored();
			}

		};
		PaymentProcessor processor = processor(store);
		this.facilitator.settling(Payments::neverSent);
		int runs = 0;
		for (int request = 1; request <= 3 * RUNS; request++) {
			if (process(processor) instanceof Accepted accepted) {
				runs++;
				accepted.exchange().complete(ResponseRecord.stored(RESPONSE));
			}
		}
		assertThat(runs).isEqualTo(RUNS);
		assertRefused(process(processor), ReasonCode.PAYMENT_ABANDONED);
	}

	/**
	 * What a process did not live to record, nobody knows.
	 */
	@Test
	void whenAProcessDiesBeforeItRecordsARunThenThatRunDoesNotCount() {
		InMemoryPaymentStore store = new InMemoryPaymentStore(100, 1_000_000,
				new InMemoryPaymentLedger(100, Clock.systemUTC()), Duration.ofSeconds(1), Clock.systemUTC());
		PaymentProcessor mortal = processor(store);
		fail(mortal);
		accept(mortal);
		PaymentProcessor survivor = processor(store);
		Accepted accepted = (Accepted) await().atMost(Duration.ofMinutes(1)).until(() -> {
			survivor.maintain();
			return process(survivor);
		}, Accepted.class::isInstance);
		accepted.exchange().abandon(Abandonment.SELLER_FAILURE);
		assertThat(claim(store)).returns(ClaimState.ABANDONED, Claim::state).returns(2, Claim::runs);
		fail(survivor);
		assertRefused(process(survivor), ReasonCode.PAYMENT_ABANDONED);
	}

	/**
	 * The runs before the charge and the runs after it have limits of their own.
	 */
	@Test
	void whenATransactionIsRolledBackBeforeTheChargeIsKnownThenItsHandlerRunsAgainAfterwards() {
		InMemoryPaymentStore store = Payments.store();
		PaymentProcessor processor = processor(store);
		for (int run = 1; run < RUNS; run++) {
			fail(processor);
		}
		this.facilitator.settling(() -> new Unknown("timeout", null));
		PaymentExchange exchange = accept(processor);
		assertThat(exchange.settleAhead()).isNotNull();
		exchange.abandon(Abandonment.SELLER_FAILURE);
		assertRefused(process(processor), ReasonCode.SETTLEMENT_PENDING);
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		store.advance(claim(store), Payments.settled(Payments.receipt()));
		PaymentExchange again = accept(processor);
		assertThat(again.receipt()).isNotNull();
		assertThat(again.complete(ResponseRecord.stored(RESPONSE))).isNull();
	}

	private void fail(PaymentProcessor processor) {
		accept(processor).abandon(Abandonment.SELLER_FAILURE);
	}

	private PaymentExchange accept(PaymentProcessor processor) {
		PaymentDecision decision = process(processor);
		assertThat(decision).isInstanceOf(Accepted.class);
		return ((Accepted) decision).exchange();
	}

	private static PaymentDecision process(PaymentProcessor processor) {
		return processor.process(Payments.TERMS, Payments.payment(1), Payments.request("request"));
	}

	private PaymentProcessor processor(PaymentStore store) {
		return PaymentProcessor
			.builder(this.facilitator, store, Networks.load(), Payments.settings(Duration.ZERO).withUnchargedRuns(RUNS),
					Clock.systemUTC())
			.build();
	}

	private static Claim claim(PaymentStore store) {
		return store.find(Payments.key(Payments.payment(1)));
	}

	private static void assertRefused(PaymentDecision decision, ReasonCode reason) {
		assertThat(decision).isInstanceOfSatisfying(Refused.class,
				(refused) -> assertThat(refused.refusal().reason()).isEqualTo(reason));
	}

}
