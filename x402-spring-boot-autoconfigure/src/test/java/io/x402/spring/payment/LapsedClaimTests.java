/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Redelivered;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.Claim;
import io.x402.spring.store.InMemoryPaymentLedger;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.ResponseRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A lease that is over proves that the holder of a claim is gone only if the holder could
 * have renewed it.
 */
class LapsedClaimTests {

	private static final byte[] RESPONSE = { 1, 2, 3 };

	private static final Duration LEASE = Duration.ofSeconds(60);

	private final MovingClock clock = MovingClock.standing(Instant.now());

	private final FacilitatorDouble facilitator = Payments.facilitator()
		.settling(() -> new Settled(Payments.receipt()));

	private final InMemoryPaymentStore shared = new InMemoryPaymentStore(100, 10_000,
			new InMemoryPaymentLedger(100, this.clock), LEASE, this.clock);

	private final Instance first = new Instance();

	private final Instance second = new Instance();

	@Test
	void whenTheStoreWasOutOfReachThenTheSameInstanceRunsNoHandlerTwice() {
		pass(LEASE, this.first, this.second);
		PaymentExchange exchange = accept(this.first);
		this.first.store.out = true;
		pass(LEASE.multipliedBy(2), this.first);
		this.first.store.out = false;
		assertInProgress(this.first);
		pass(LEASE.multipliedBy(2), this.first);
		assertInProgress(this.first);
		assertThat(exchange.complete(ResponseRecord.stored(RESPONSE))).isNull();
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenALeaseWasLostThenTheHandlerIsNotPaidForAndNothingIsReleased() {
		pass(LEASE, this.first, this.second);
		PaymentExchange slow = accept(this.first);
		pass(LEASE.multipliedBy(2), this.second);
		PaymentDecision decision = this.second.process("another");
		this.first.maintain();
		assertThat(this.first.processor.activeClaims()).isZero();
		assertThat(slow.complete(ResponseRecord.stored(RESPONSE))).isNotNull();
		assertThat(this.facilitator.settlements()).isEmpty();
		assertThat(((Accepted) decision).exchange().complete(ResponseRecord.stored(RESPONSE))).isNull();
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenALeaseWasLostThenTheSameInstanceRunsNoHandlerTwiceBeforeItsRequestEnds() {
		pass(LEASE, this.first, this.second);
		PaymentExchange exchange = accept(this.first);
		pass(LEASE.multipliedBy(2));
		pass(LEASE, this.second);
		PaymentExchange other = accept(this.second);
		other.release();
		assertInProgress(this.first);
		assertThat(exchange.complete(ResponseRecord.stored(RESPONSE))).isNotNull();
		assertThat(this.facilitator.settlements()).isEmpty();
		accept(this.first);
	}

	@Test
	void whenAHandlerOfASettledPaymentRunsThenTheSameInstanceDoesNotRunItTwice() {
		pass(LEASE, this.first, this.second);
		PaymentExchange exchange = accept(this.first);
		assertThat(exchange.settleAhead()).isNull();
		this.first.store.out = true;
		pass(LEASE.multipliedBy(2), this.first);
		this.first.store.out = false;
		assertInProgress(this.first);
		assertThat(exchange.complete(ResponseRecord.stored(RESPONSE))).isNull();
	}

	@Test
	void whenTheHolderOfASettledPaymentStoodStillThenItsHandlerRunsAgainAndNothingIsChargedAgain() {
		pass(LEASE, this.first, this.second);
		PaymentExchange slow = accept(this.first);
		assertThat(slow.settleAhead()).isNull();
		pass(LEASE.multipliedBy(2), this.second);
		PaymentExchange other = accept(this.second);
		assertThat(slow.complete(ResponseRecord.stored(RESPONSE))).isNull();
		this.first.maintain();
		assertInProgress(this.first);
		assertThat(other.complete(ResponseRecord.stored(new byte[] { 4 }))).isNull();
		assertThat(this.first.process()).isInstanceOfSatisfying(Redelivered.class,
				(redelivered) -> assertThat(redelivered.response()).containsExactly(4));
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenTheStoreWasOutOfReachForAllThenOthersWaitUntilTheHolderCouldHaveRenewed() {
		pass(LEASE, this.first, this.second);
		PaymentExchange exchange = accept(this.first);
		this.first.store.out = true;
		this.second.store.out = true;
		pass(LEASE.multipliedBy(2), this.first, this.second);
		this.first.store.out = false;
		this.second.store.out = false;
		assertInProgress(this.second);
		pass(LEASE.multipliedBy(2), this.first, this.second);
		assertInProgress(this.second);
		assertThat(exchange.complete(ResponseRecord.stored(RESPONSE))).isNull();
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenTheStoreStoodStillThenOthersWaitUntilTheHolderCouldHaveRenewed() {
		pass(LEASE, this.first, this.second);
		accept(this.first);
		pass(LEASE.multipliedBy(2));
		assertInProgress(this.second);
	}

	@Test
	void whenAnInstanceHasJustBegunThenItWaitsUntilAHolderCouldHaveRenewed() {
		accept(this.first);
		pass(LEASE.multipliedBy(2));
		assertInProgress(this.second);
		pass(LEASE, this.first, this.second);
		assertInProgress(this.second);
	}

	@Test
	void whenTheHolderIsGoneThenAnotherInstanceRunsTheHandler() {
		pass(LEASE, this.first, this.second);
		accept(this.first);
		this.first.store.out = true;
		pass(LEASE.multipliedBy(2), this.first, this.second);
		accept(this.second);
	}

	@Test
	void whenTheHolderDiedDuringAnOutageThenAnotherInstanceRunsTheHandlerALeaseLater() {
		pass(LEASE, this.first, this.second);
		accept(this.first);
		this.second.store.out = true;
		pass(LEASE.multipliedBy(2), this.second);
		this.second.store.out = false;
		pass(LEASE, this.second);
		accept(this.second);
	}

	@Test
	void whenALeaseWasLostAndThePriceHasChangedThenTheHolderDoesNotSettleWhatIsRefused() {
		pass(LEASE, this.first, this.second);
		PaymentExchange slow = accept(this.first);
		pass(LEASE.multipliedBy(2), this.second);
		assertThat(reasonAtAnotherPrice("request")).isEqualTo(ReasonCode.REQUIREMENTS_MISMATCH);
		assertThat(slow.complete(ResponseRecord.stored(RESPONSE))).isNotNull();
		assertThat(this.facilitator.settlements()).isEmpty();
	}

	@Test
	void whenALeaseWasLostAndAnotherRequestIsRefusedThenTheHolderDoesNotSettle() {
		pass(LEASE, this.first, this.second);
		PaymentExchange slow = accept(this.first);
		pass(LEASE.multipliedBy(2), this.second);
		assertThat(reasonAtAnotherPrice("another")).isEqualTo(ReasonCode.REQUIREMENTS_MISMATCH);
		assertThat(slow.complete(ResponseRecord.stored(RESPONSE))).isNotNull();
		assertThat(this.facilitator.settlements()).isEmpty();
	}

	@Test
	void whenALeaseWasLostAfterAHandlerRanThenThePaymentStaysWithItsRequest() {
		pass(LEASE, this.first, this.second);
		accept(this.first).abandon(Abandonment.SELLER_FAILURE);
		accept(this.first);
		pass(LEASE.multipliedBy(2), this.second);
		assertThat(reasonAtAnotherPrice("another")).isEqualTo(ReasonCode.PAYMENT_ALREADY_BOUND);
		assertThat(reasonAtAnotherPrice("request")).isEqualTo(ReasonCode.REQUIREMENTS_MISMATCH);
		assertThat(reasonAtAnotherPrice("another")).isEqualTo(ReasonCode.REQUIREMENTS_MISMATCH);
	}

	private ReasonCode reasonAtAnotherPrice(String request) {
		PaymentDecision decision = this.second.processor.process(Payments
			.offers(Payments.offer(Payments.NETWORK, 20_000, Payments.ASSET, Payments.SELLER, Payments.OFFER.extra())),
				Payments.payment(1), Payments.request(request));
		return ((Refused) decision).refusal().reason();
	}

	/**
	 * Let time pass, in which instances do what they do at regular intervals.
	 */
	private void pass(Duration time, Instance... instances) {
		Duration step = LEASE.dividedBy(3);
		for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minus(step)) {
			this.clock.pass(step);
			for (Instance instance : instances) {
				instance.maintain();
			}
		}
		this.clock.pass(Duration.ofMillis(1));
	}

	private static PaymentExchange accept(Instance instance) {
		PaymentDecision decision = instance.process();
		assertThat(decision).isInstanceOf(Accepted.class);
		return ((Accepted) decision).exchange();
	}

	private static void assertInProgress(Instance instance) {
		PaymentDecision decision = instance.process();
		assertThat(decision).isInstanceOf(Refused.class);
		assertThat(((Refused) decision).refusal().reason()).isEqualTo(ReasonCode.PAYMENT_IN_PROGRESS);
	}

	private final class Instance {

		private final UnreliableStore store = new UnreliableStore(LapsedClaimTests.this.shared);

		private final PaymentProcessor processor = PaymentProcessor
			.builder(LapsedClaimTests.this.facilitator, this.store, Networks.load(),
					Payments.settings(Duration.ZERO).withClock(LapsedClaimTests.this.clock::nanos),
					LapsedClaimTests.this.clock)
			.build();

		PaymentDecision process() {
			return process("request");
		}

		PaymentDecision process(String request) {
			return this.processor.process(Payments.TERMS, Payments.payment(1), Payments.request(request));
		}

		void maintain() {
			try {
				this.processor.maintain();
			}
			catch (PaymentStoreException ex) {
				assertThat(this.store.out).isTrue();
			}
		}

	}

	private static final class UnreliableStore extends DelegatingPaymentStore {

		private boolean out;

		UnreliableStore(PaymentStore store) {
			super(store);
		}

		private void reach() {
			if (this.out) {
				throw new PaymentStoreException("Out of reach");
			}
		}

		@Override
		public @Nullable Claim find(AuthorizationKey key) {
			reach();
			return super.find(key);
		}

		@Override
		public Collection<Claim> renew(Collection<Claim> claims) {
			reach();
			return super.renew(claims);
		}

	}

}
