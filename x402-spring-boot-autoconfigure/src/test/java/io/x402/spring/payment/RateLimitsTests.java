/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.TrustedPayers;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Redelivered;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.payment.RateLimits.Kind;
import io.x402.spring.payment.RateLimits.Limit;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.ResponseRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RateLimits} and for what becomes of payments beyond them.
 */
class RateLimitsTests {

	private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

	private final FacilitatorDouble facilitator = Payments.facilitator();

	private final PaymentStore store = Payments.store();

	@Test
	void whenAClientReachesItsLimitThenOthersDoNotAndItMayGoOnAfterAMinute() {
		RateLimits limits = limits(Kind.UNPAID, new Limit(3, 0), 10);
		assertThat(taken(limits, "a", 10)).isEqualTo(3);
		assertThat(limits.isReached(Kind.UNPAID, "a")).isTrue();
		assertThat(taken(limits, "b", 2)).isEqualTo(2);
		assertThat(limits.isReached(Kind.UNPAID, "b")).isFalse();
		assertThat(taken(limits, null, 10)).isEqualTo(10);
		this.nanos.addAndGet(Duration.ofSeconds(59).toNanos());
		assertThat(taken(limits, "a", 10)).isZero();
		assertThat(limits.retryAfter()).isEqualTo(Duration.ofSeconds(2));
		this.nanos.addAndGet(limits.retryAfter().toNanos());
		assertThat(taken(limits, "a", 10)).isEqualTo(3);
	}

	@Test
	void whenTheLimitForAllIsReachedThenNoneMayGoOn() {
		RateLimits limits = limits(Kind.UNPAID, new Limit(3, 5), 10);
		assertThat(taken(limits, "a", 10)).isEqualTo(3);
		assertThat(taken(limits, "b", 10)).isEqualTo(2);
		assertThat(taken(limits, "c", 10) + taken(limits, null, 10)).isZero();
	}

	@Test
	void whenTooManyClientsComeThenTheyAreNotCountedAndOthersStay() {
		RateLimits limits = limits(Kind.UNPAID, new Limit(1, 0), 2);
		assertThat(taken(limits, "a", 10) + taken(limits, "b", 10)).isEqualTo(2);
		assertThat(IntStream.range(0, 100).map((i) -> taken(limits, "flood" + i, 1)).sum()).isEqualTo(100);
		assertThat(taken(limits, "a", 10)).isZero();
	}

	@Test
	void whenAKindHasNoLimitThenNothingIsCounted() {
		RateLimits limits = limits(Kind.UNPAID, new Limit(1, 1), 2);
		assertThat(IntStream.range(0, 100).allMatch((i) -> limits.take(Kind.INVALID, "a"))).isTrue();
		assertThat(RateLimits.none().isActive()).isFalse();
	}

	@Test
	void whenManyTakeAtOnceThenNoMoreThanTheLimit() {
		RateLimits limits = limits(Kind.UNPAID, new Limit(500, 800), 10);
		long taken = IntStream.range(0, 20_000)
			.parallel()
			.filter((i) -> limits.take(Kind.UNPAID, (i % 2 == 0) ? "a" : "b"))
			.count();
		assertThat(taken).isEqualTo(800);
	}

	@Test
	void whenAClientSendsTooManyInvalidPaymentsThenItsNextOnesCostNothingAndOthersAreVerified() {
		this.facilitator.verifying(() -> new Invalid(ReasonCode.INSUFFICIENT_FUNDS));
		PaymentProcessor processor = processor(limits(Kind.INVALID, new Limit(2, 0), 10));
		assertThat(refused(process(processor, 1, "a"))).isEqualTo(ReasonCode.INSUFFICIENT_FUNDS);
		assertThat(refused(process(processor, 2, "a"))).isEqualTo(ReasonCode.INSUFFICIENT_FUNDS);
		for (int i = 3; i < 10; i++) {
			PaymentDecision decision = process(processor, i, "a");
			assertThat(refused(decision)).isEqualTo(ReasonCode.RATE_LIMIT);
			assertThat(((Refused) decision).refusal().retryAfter()).isBetween(Duration.ofSeconds(1),
					Duration.ofSeconds(61));
			assertThat(this.store.find(Payments.key(Payments.payment(i)))).isNull();
		}
		assertThat(this.facilitator.verifications()).hasSize(2);
		assertThat(refused(process(processor, 20, "b"))).isEqualTo(ReasonCode.INSUFFICIENT_FUNDS);
	}

	@Test
	void whenPaymentsFitNoOfferThenTheyCountAsInvalid() {
		PaymentProcessor processor = processor(limits(Kind.INVALID, new Limit(1, 0), 10));
		PaymentOffers others = Payments
			.offers(Payments.offer(Payments.NETWORK, 5, Payments.ASSET, Payments.SELLER, Payments.OFFER.extra()));
		assertThat(refused(processor.process(others, Payments.payment(1), identity("a"))))
			.isEqualTo(ReasonCode.REQUIREMENTS_MISMATCH);
		assertThat(refused(processor.process(others, Payments.payment(2), identity("a"))))
			.isEqualTo(ReasonCode.RATE_LIMIT);
	}

	@Test
	void whenVerificationsAreLimitedThenFurtherPaymentsAreNotVerifiedAndWhatWasPaidForIsDelivered() {
		PaymentProcessor processor = processor(limits(Kind.VERIFICATION, new Limit(0, 2), 10));
		PaymentDecision paid = process(processor, 1, "a");
		assertThat(paid).isInstanceOf(Accepted.class);
		assertThat(((Accepted) paid).exchange().complete(ResponseRecord.stored(new byte[] { 1 }))).isNull();
		assertThat(process(processor, 2, "b")).isInstanceOf(Accepted.class);
		assertThat(refused(process(processor, 3, "c"))).isEqualTo(ReasonCode.RATE_LIMIT);
		assertThat(this.facilitator.verifications()).hasSize(2);
		assertThat(process(processor, 1, "a")).isInstanceOf(Redelivered.class);
		this.nanos.addAndGet(Duration.ofMinutes(1).toNanos());
		assertThat(process(processor, 3, "c")).isInstanceOf(Accepted.class);
	}

	private RateLimits limits(Kind kind, Limit limit, int maxClients) {
		return new RateLimits(Map.of(kind, limit), maxClients, this.nanos::get);
	}

	private static int taken(RateLimits limits, String client, int events) {
		return (int) IntStream.range(0, events).filter((i) -> limits.take(Kind.UNPAID, client)).count();
	}

	private static ReasonCode refused(PaymentDecision decision) {
		assertThat(decision).isInstanceOf(Refused.class);
		return ((Refused) decision).refusal().reason();
	}

	private static PaymentDecision process(PaymentProcessor processor, int nonce, String client) {
		return processor.process(Payments.TERMS, Payments.payment(nonce), identity(client));
	}

	private static RequestIdentity identity(String client) {
		return Payments.request("request").of(client);
	}

	private PaymentProcessor processor(RateLimits limits) {
		return PaymentProcessor
			.builder(this.facilitator, this.store, Networks.load(), Payments.settings(Duration.ZERO), Clock.systemUTC())
			.checks(List.of(new TrustedPayers()))
			.limits(limits)
			.build();
	}

}
