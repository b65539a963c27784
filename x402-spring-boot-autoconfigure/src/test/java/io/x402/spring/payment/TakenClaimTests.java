/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.UnsettledClaim;
import io.x402.spring.time.Deadline;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A store or a facilitator that stands still for longer than a lease: a reconciler works
 * on the claim when the request goes on.
 */
class TakenClaimTests {

	private static final AuthorizationKey KEY = Payments.key(Payments.payment(1));

	private final PaymentStore store = Payments.store();

	private final List<PaymentEvent> events = new ArrayList<>();

	private final FacilitatorDouble facilitator = Payments.facilitator();

	@Test
	void whenTheStoreStoodStillWhileSettlementBeganThenTheBuyerIsNotToldThatNothingIsCharged() {
		PaymentRefusal refusal = settle(storeThat((step, change) -> {
			Claim advanced = step.advance();
			if (change.next() != ClaimState.SETTLING) {
				return advanced;
			}
			take();
			throw new PaymentStoreException("Out of time");
		}));
		assertPending(refusal);
		assertThat(this.facilitator.settlements()).isEmpty();
	}

	@Test
	void whenTheFacilitatorRefusesAfterALeaseThenTheBuyerIsNotToldThatNothingIsCharged() {
		this.facilitator.settling(() -> {
			take();
			return Payments.neverSent();
		});
		assertPending(settle(this.store));
	}

	@Test
	void whenItCannotBeRecordedThatNothingWasExecutedThenTheBuyerIsNotToldThatNothingIsCharged() {
		this.facilitator.settling(Payments::neverSent);
		PaymentRefusal refusal = settle(storeThat((step, change) -> {
			if (change.next() == ClaimState.EXECUTED) {
				throw new PaymentStoreException("Out of reach");
			}
			return step.advance();
		}));
		assertThat(refusal).extracting(PaymentRefusal::reason).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
		assertThat(this.store.find(KEY)).extracting(Claim::state).isEqualTo(ClaimState.SETTLING);
	}

	@Test
	void whenAReconcilerRecordsTheSettlementFirstThenItIsPublishedOnce() {
		this.facilitator.settling(() -> {
			reconcile(this.store, take());
			return new Settled(Payments.receipt());
		});
		assertThat(settle(this.store)).isNull();
		assertThat(this.events).filteredOn(PaymentEvent.Settled.class::isInstance).hasSize(1);
	}

	@Test
	void whenAnotherPartyHasRecordedTheSettlementThenItIsNotPublishedAgain() {
		PaymentProcessor processor = processor(this.store);
		PaymentExchange exchange = accepted(processor);
		this.facilitator.settling(() -> {
			UnsettledClaim taken = take();
			Claim settled = this.store.advance(taken.claim(), Payments.settled(Payments.receipt()));
			assertThat(settled.state()).isEqualTo(ClaimState.SETTLED);
			reconcile(this.store, taken);
			return new Settled(Payments.receipt());
		});
		assertThat(exchange.complete(ResponseRecord.stored(new byte[] { 1 }))).isNull();
		assertThat(this.events).filteredOn(PaymentEvent.Settled.class::isInstance).isEmpty();
	}

	@Test
	void whenTheAnswersOfTheStoreAreLostThenTheSettlementIsPublishedOnce() {
		PaymentStore deaf = storeThat((step, change) -> {
			Claim advanced = step.advance();
			if (change.next() == ClaimState.SETTLED) {
				Thread.currentThread().interrupt();
				throw new PaymentStoreException("Answer lost");
			}
			return advanced;
		});
		PaymentProcessor processor = processor(deaf);
		PaymentExchange exchange = accepted(processor);
		assertThat(exchange.complete(ResponseRecord.stored(new byte[] { 1 }))).extracting(PaymentRefusal::reason)
			.isEqualTo(ReasonCode.SETTLEMENT_PENDING);
		assertThat(Thread.interrupted()).isTrue();
		processor.maintain();
		processor.maintain();
		assertThat(this.events).filteredOn(PaymentEvent.Settled.class::isInstance).hasSize(1);
	}

	private void assertPending(@Nullable PaymentRefusal refusal) {
		assertThat(refusal).extracting(PaymentRefusal::reason).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
		assertThat(this.store.find(KEY)).extracting(Claim::state).isEqualTo(ClaimState.PENDING);
	}

	/**
	 * Take the claim as a reconciler does when its lease is over.
	 */
	private UnsettledClaim take() {
		Claim settling = this.store.find(KEY);
		assertThat(settling).isNotNull();
		Claim taken = this.store.advance(settling, ClaimChange.taken());
		return new UnsettledClaim(taken, new StoredRequests(StoredContentCipher.none())
			.write(Payments.request(Payments.payment(1), Payments.OFFER), taken));
	}

	private void reconcile(PaymentStore store, UnsettledClaim taken) {
		processor(store).reconciler(List.of((request, transaction) -> new Settled(Payments.receipt())))
			.reconcile(taken, Deadline.in(Duration.ofMinutes(1)));
	}

	private @Nullable PaymentRefusal settle(PaymentStore store) {
		return accepted(processor(store)).complete(ResponseRecord.stored(new byte[] { 1 }));
	}

	private static PaymentExchange accepted(PaymentProcessor processor) {
		PaymentDecision decision = processor.process(Payments.TERMS, Payments.payment(1), Payments.request("request"));
		assertThat(decision).isInstanceOf(Accepted.class);
		return ((Accepted) decision).exchange();
	}

	private PaymentProcessor processor(PaymentStore store) {
		return PaymentProcessor
			.builder(this.facilitator, store, Networks.load(), Payments.settings(Duration.ZERO), Clock.systemUTC())
			.listeners(List.of(this.events::add))
			.build();
	}

	private PaymentStore storeThat(BiFunction<Step, ClaimChange, Claim> behavior) {
		return new DelegatingPaymentStore(this.store) {

			@Override
			public Claim advance(Claim claim, ClaimChange change) {
				return behavior.apply(() -> super.advance(claim, change), change);
			}

		};
	}

	@FunctionalInterface
	private interface Step {

		Claim advance();

	}

}
