/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.fixture.TrustedPayers;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Redelivered;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.payment.PaymentProcessorSettings.PaymentIdentifiers;
import io.x402.spring.payment.PaymentProcessorSettings.VerificationBudget;
import io.x402.spring.payment.PaymentProcessorSettings.Waits;
import io.x402.spring.payment.VerificationGuard.Source;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.InMemoryPaymentLedger;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.jdbc.JdbcStores;
import io.x402.spring.time.MonotonicClock;
import org.awaitility.Awaitility;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every claim in an active state is held by one open handle of one live request, and
 * however the request ends, it is given back.
 */
class ClaimHolderTests {

	private static final byte[] ANSWER = { 1, 2, 3 };

	/**
	 * Two for the request, two for each of three that wait, and seven that they share.
	 */
	private static final int LOOKS_UNTIL_THEY_ARE_RARE = 2 + 3 * 2 + 7;

	private final FacilitatorDouble facilitator = Payments.facilitator();

	private final List<PaymentEvent> events = new CopyOnWriteArrayList<>();

	private PaymentProcessorSettings settings = new PaymentProcessorSettings(Duration.ZERO, Duration.ofMinutes(15),
			Duration.ofMinutes(15), 3, PaymentIdentifiers.OPTIONAL);

	static Stream<PaymentStore> stores() {
		return Stream.of(new InMemoryPaymentStore(10_000, Clock.systemUTC()), jdbc());
	}

	private static PaymentStore jdbc() {
		JdbcConnectionPool dataSource = JdbcConnectionPool
			.create("jdbc:h2:mem:holder" + System.nanoTime() + ";DB_CLOSE_DELAY=-1", "sa", "");
		dataSource.setMaxConnections(10);
		DatabasePopulatorUtils.execute(
				new ResourceDatabasePopulator(new ClassPathResource("schema-h2.sql", JdbcStores.class)), dataSource);
		return new JdbcStores(dataSource, Duration.ofSeconds(10)).payments(new PaymentCodec(), Duration.ofMinutes(1),
				null);
	}

	@Test
	void whenAnUpfrontSettlementIsRecordedLateThenARepetitionRunsTheHandler() {
		StoreDouble store = new StoreDouble().breakingAt(ClaimState.SETTLED);
		PaymentProcessor processor = processor(store);
		assertRefused(upfront(processor), ReasonCode.SETTLEMENT_PENDING);
		assertThat(processor.activeClaims()).isZero();
		store.repair();
		processor.maintain();
		assertThat(claim(store, 1)).returns(ClaimState.SETTLED, Claim::state).returns(false, Claim::active);
		PaymentExchange exchange = ((Accepted) upfront(processor)).exchange();
		assertThat(exchange.receipt()).isEqualTo(Payments.receipt());
		assertThat(exchange.complete(ResponseRecord.stored(ANSWER))).isNull();
		assertThat(((Redelivered) upfront(processor)).response()).isEqualTo(ANSWER);
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenAnOutcomeIsRecordedLateThenItIsPublishedThen() {
		StoreDouble store = new StoreDouble().breakingAt(ClaimState.SETTLED);
		PaymentProcessor processor = processor(store);
		accept(processor, 1).complete(ResponseRecord.stored(ANSWER));
		assertThat(this.events).noneMatch((event) -> event instanceof PaymentEvent.Settled);
		store.repair();
		processor.maintain();
		processor.maintain();
		assertThat(this.events).filteredOn((event) -> event instanceof PaymentEvent.Settled).hasSize(1);
	}

	@ParameterizedTest
	@MethodSource("stores")
	void whenManyRepeatAnExecutedPaymentAtOnceThenTheLoserUndoesNothing(PaymentStore store) throws Exception {
		for (int round = 1; round <= 200; round++) {
			PaymentProcessor processor = processor(store);
			int nonce = round;
			this.facilitator.settling(Payments::neverSent);
			accept(processor, nonce).complete(ResponseRecord.stored(ANSWER));
			assertThat(claim(store, nonce).state()).isEqualTo(ClaimState.EXECUTED);
			AtomicInteger asked = new AtomicInteger();
			String transaction = "0x%064x".formatted(nonce);
			this.facilitator.settling(() -> (asked.incrementAndGet() == 1)
					? new Settled(SettlementResponse.success(transaction, Payments.NETWORK, Payments.PAYER))
					: new Declined(ReasonCode.INSUFFICIENT_FUNDS,
							SettlementResponse.failure("insufficient_funds", Payments.NETWORK, Payments.PAYER)));
			List<PaymentDecision> decisions = atOnce(6, () -> process(processor, nonce));
			assertThat(asked).as("settle calls of round " + round).hasValue(1);
			assertThat(claim(store, nonce).state()).as("round " + round).isEqualTo(ClaimState.SETTLED);
			assertThat(decisions).anyMatch((decision) -> decision instanceof Redelivered);
			assertThat(processor.activeClaims()).isZero();
		}
	}

	@Test
	void whenTheResponseOfAnExecutedPaymentIsLostThenNothingIsSettledForIt() {
		PaymentStore store = new DelegatingPaymentStore(Payments.store()) {

			@Override
			public ResponseRecord response(Claim claim) {
				return ResponseRecord.notStored();
			}

		};
		PaymentProcessor processor = processor(store);
		this.facilitator.settling(Payments::neverSent);
		accept(processor, 1).complete(ResponseRecord.stored(ANSWER));
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		assertRefused(process(processor, 1), ReasonCode.PAYMENT_IN_PROGRESS);
		assertThat(this.facilitator.settlements()).hasSize(1);
		assertThat(process(processor, 1)).isInstanceOf(Accepted.class);
	}

	@Test
	void whenARequestEndsWhileItsPaymentIsSettledThenARepetitionRunsTheHandler() throws Exception {
		PaymentStore store = Payments.store();
		PaymentProcessor processor = processor(store);
		PaymentExchange exchange = accept(processor, 1);
		CountDownLatch settling = new CountDownLatch(1);
		CountDownLatch ended = new CountDownLatch(1);
		this.facilitator.settling(() -> {
			settling.countDown();
			await(ended);
			return new Settled(Payments.receipt());
		});
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			Future<Settlement.Result> result = executor.submit(() -> exchange.settlement()
				.charge(Payments.TERMS, (ChargeablePayment) exchange.payment(), ResponseRecord.none()));
			await(settling);
			exchange.settlement().abandon(Abandonment.SELLER_FAILURE);
			ended.countDown();
			assertThat(result.get(10, TimeUnit.SECONDS)).isInstanceOf(Settlement.Result.Paid.class);
		}
		finally {
			executor.shutdown();
		}
		assertThat(processor.activeClaims()).isZero();
		assertThat(claim(store, 1)).returns(ClaimState.SETTLED, Claim::state).returns(false, Claim::active);
		assertThat(process(processor, 1)).isInstanceOf(Accepted.class);
	}

	@Test
	void whateverARequestEndsWithThenItHoldsNoClaim() {
		PaymentProcessor processor = processor(Payments.store());
		accept(processor, 1).complete(ResponseRecord.stored(ANSWER));
		accept(processor, 2).settlement().abandon(Abandonment.NOT_RUN);
		accept(processor, 3).settlement().abandon(Abandonment.SELLER_FAILURE);
		accept(processor, 4).settlement().abandon(Abandonment.BUYER_CAUSED);
		this.facilitator.settling(() -> new Unknown("timeout", null));
		accept(processor, 5).complete(ResponseRecord.stored(ANSWER));
		this.facilitator.settling(Payments::neverSent);
		accept(processor, 6).complete(ResponseRecord.stored(ANSWER));
		this.facilitator.declining();
		accept(processor, 7).complete(ResponseRecord.stored(ANSWER));
		this.facilitator.verifying(() -> new VerificationOutcome.Invalid(ReasonCode.INSUFFICIENT_FUNDS, "poor"));
		process(processor, 8);
		this.facilitator.verifying(() -> {
			throw new IllegalStateException("boom");
		});
		process(processor, 9);
		assertThat(processor.activeClaims()).isZero();
	}

	@Test
	void whenARequestIsDroppedWithoutAnEndThenItsClaimIsNotRenewedForEver() {
		PaymentProcessor processor = processor(Payments.store());
		accept(processor, 1);
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
			System.gc();
			return processor.activeClaims() == 0;
		});
	}

	@Test
	void whenPaymentsHaveIdentifiersThenNothingIsLeftToRenew() {
		CountingStore store = new CountingStore(Payments.store(1000));
		PaymentProcessor processor = processor(store);
		this.facilitator.settling(() -> new Settled(
				SettlementResponse.success("0x" + java.util.UUID.randomUUID(), Payments.NETWORK, Payments.PAYER)));
		for (int i = 1; i <= 50; i++) {
			PaymentPayload payment = new PaymentPayload.V2(2, null, Payments.json(Payments.OFFER),
					Payments.authorization(i),
					Map.of("payment-identifier", Map.of("info", Map.of("id", "identifier-number-" + i))));
			PaymentDecision decision = processor.process(Payments.TERMS, payment, Payments.request("request"));
			((Accepted) decision).exchange().complete(ResponseRecord.stored(ANSWER));
		}
		processor.maintain();
		assertThat(processor.activeClaims()).isZero();
		assertThat(store.renewed).hasValue(0);
	}

	@Test
	void whenAPendingPaymentIsRepeatedThenItCostsACoupleOfLooks() {
		this.settings = settings(Duration.ofSeconds(2));
		CountingStore store = new CountingStore(Payments.store());
		PaymentProcessor processor = processor(store);
		this.facilitator.settling(() -> new Unknown("timeout", null));
		accept(processor, 1).complete(ResponseRecord.stored(ANSWER));
		store.calls.set(0);
		assertRefused(process(processor, 1), ReasonCode.SETTLEMENT_PENDING);
		assertThat(store.calls).hasValueLessThanOrEqualTo(2);
	}

	@Test
	void whenManyRepeatAPaymentInProgressThenFewWaitAndOneLooksForAll() throws Exception {
		this.settings = settings(Duration.ofSeconds(20)).withWaits(new Waits(3, 5));
		CountingStore store = new CountingStore(Payments.store());
		PaymentProcessor processor = processor(store);
		PaymentExchange running = accept(processor, 1);
		store.calls.set(0);
		ExecutorService executor = Executors.newFixedThreadPool(30);
		try {
			List<Future<PaymentDecision>> decisions = new ArrayList<>();
			for (int i = 0; i < 30; i++) {
				decisions.add(executor.submit(() -> process(processor, 1)));
			}
			Awaitility.await().until(() -> decisions.stream().filter(Future::isDone).count() == 27);
			assertThat(store.calls).as("two for each request and one look for all that wait").hasValueLessThan(60 + 10);
			assertThat(running.complete(ResponseRecord.stored(ANSWER))).isNull();
			List<PaymentDecision> ended = new ArrayList<>();
			for (Future<PaymentDecision> decision : decisions) {
				ended.add(decision.get(10, TimeUnit.SECONDS));
			}
			assertThat(ended).filteredOn(Redelivered.class::isInstance).hasSize(3);
			assertThat(ended).filteredOn((decision) -> !(decision instanceof Redelivered))
				.allSatisfy((decision) -> assertRefused(decision, ReasonCode.PAYMENT_IN_PROGRESS));
		}
		finally {
			executor.shutdown();
		}
	}

	/**
	 * {@link ClaimWaitsTests} shows that they do not wait for their next look.
	 */
	@Test
	void whenTheRequestEndsHereThenThoseWhoWaitGoOn() throws Exception {
		this.settings = settings(Duration.ofSeconds(20));
		CountingStore store = new CountingStore(Payments.store());
		PaymentProcessor processor = processor(store);
		PaymentExchange running = accept(processor, 1);
		ExecutorService executor = Executors.newFixedThreadPool(3);
		try {
			List<Future<PaymentDecision>> waiting = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				waiting.add(executor.submit(() -> process(processor, 1)));
			}
			Awaitility.await()
				.pollInterval(Duration.ofMillis(2))
				.until(() -> store.calls.get() >= LOOKS_UNTIL_THEY_ARE_RARE);
			running.complete(ResponseRecord.stored(ANSWER));
			for (Future<PaymentDecision> decision : waiting) {
				assertThat(decision.get(10, TimeUnit.SECONDS)).isInstanceOf(Redelivered.class);
			}
		}
		finally {
			executor.shutdown();
		}
	}

	@Test
	void whenManyPaymentsAreDeclinedThenAnHonestPayerStillFindsRoom() {
		InMemoryPaymentStore store = Payments.store(50);
		PaymentProcessor processor = processor(store);
		this.facilitator.declining();
		for (int i = 1; i <= 200; i++) {
			accept(processor, i).complete(ResponseRecord.stored(ANSWER));
		}
		assertRefused(process(processor, 200), ReasonCode.SETTLEMENT_DECLINED);
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		assertThat(accept(processor, 1000).complete(ResponseRecord.stored(ANSWER))).isNull();
	}

	@Test
	void whenPaymentsWithIdentifiersAreDeclinedThenTheirIdentifiersTakeNoRoomEither() {
		InMemoryPaymentStore store = Payments.store(20);
		PaymentProcessor processor = processor(store);
		this.facilitator.declining();
		for (int i = 1; i <= 100; i++) {
			PaymentDecision decision = processor.process(Payments.TERMS, identified(i, "identifier-of-a-declined-" + i),
					Payments.request("request"));
			((Accepted) decision).exchange().complete(ResponseRecord.stored(ANSWER));
		}
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		PaymentDecision decision = processor.process(Payments.TERMS, identified(1000, "identifier-of-a-declined-1"),
				Payments.request("request"));
		assertThat(((Accepted) decision).exchange().complete(ResponseRecord.stored(ANSWER))).isNull();
	}

	@Test
	void whenADeclineBecomesKnownLateThenTheIdentifierIsFree() {
		PaymentProcessor processor = processor(Payments.store());
		this.facilitator.settling(() -> new Unknown("timeout", null));
		((Accepted) identify(processor, 1)).exchange().complete(ResponseRecord.stored(ANSWER));
		assertRefused(identify(processor, 2), ReasonCode.PAYMENT_IDENTIFIER_CONFLICT);
		List<SettlementProbe> probes = List.of((request, transaction) -> new Declined(ReasonCode.EXPIRED,
				SettlementResponse.failure("expired", Payments.NETWORK, Payments.PAYER)));
		SettlementReconciler reconciler = processor.reconciler(probes);
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
			reconciler.take(10, Duration.ofMinutes(1)).forEach(Runnable::run);
			return identify(processor, 2) instanceof Accepted;
		});
	}

	@Test
	void whenADeclineIsRecordedLateThenTheIdentifierIsFree() {
		StoreDouble store = new StoreDouble().breakingAt(ClaimState.DECLINED);
		PaymentProcessor processor = processor(store);
		this.facilitator.declining();
		((Accepted) identify(processor, 1)).exchange().complete(ResponseRecord.stored(ANSWER));
		assertRefused(identify(processor, 2), ReasonCode.PAYMENT_IDENTIFIER_CONFLICT);
		store.repair();
		processor.maintain();
		assertThat(identify(processor, 2)).isInstanceOf(Accepted.class);
	}

	private static PaymentDecision identify(PaymentProcessor processor, int nonce) {
		return processor.process(Payments.TERMS, identified(nonce, "identifier-of-both-payments"),
				Payments.request("request"));
	}

	private static PaymentPayload identified(int nonce, String identifier) {
		return new PaymentPayload.V2(2, null, Payments.json(Payments.OFFER), Payments.authorization(nonce),
				Map.of("payment-identifier", Map.of("info", Map.of("id", identifier))));
	}

	@Test
	void whenOnePayerLeavesManyPaymentsUnpaidThenOthersStillFindRoom() {
		InMemoryPaymentStore store = Payments.store(50);
		PaymentProcessor processor = processor(store);
		for (int i = 1; i <= 10; i++) {
			accept(processor, i).settlement().abandon(Abandonment.SELLER_FAILURE);
		}
		assertRefused(process(processor, 11), ReasonCode.STORE_UNAVAILABLE);
		assertThat(store.claim(Payments
			.claim(new AuthorizationKey(Payments.NETWORK, Payments.ASSET, "0x" + "11".repeat(20), Payments.nonce(1)))))
			.isNotNull();
		assertThat(accept(processor, 1).complete(ResponseRecord.stored(ANSWER))).isNull();
		assertThat(process(processor, 11)).isInstanceOf(Accepted.class);
	}

	@Test
	void whenAPayerSendsManyInvalidPaymentsThenTheFacilitatorIsNotAskedAgainForAWhile() {
		this.settings = settings(Duration.ZERO).withBudget(new VerificationBudget(5, 0, 0));
		PaymentProcessor processor = processor(Payments.store());
		this.facilitator.verifying(() -> new VerificationOutcome.Invalid(ReasonCode.INSUFFICIENT_FUNDS, "poor"));
		for (int i = 1; i <= 5; i++) {
			assertRefused(process(processor, i), ReasonCode.INSUFFICIENT_FUNDS);
		}
		for (int i = 6; i <= 50; i++) {
			assertRefused(process(processor, i), ReasonCode.VERIFICATION_LIMIT);
		}
		assertThat(this.facilitator.verifications()).hasSizeLessThanOrEqualTo(10);
		assertThat(processor.activeClaims()).isZero();
	}

	@Test
	void whenAPayerIsOverTheLimitThenNothingIsClaimedAndWhatWasPaidForIsStillDelivered() {
		this.settings = settings(Duration.ofMinutes(1)).withBudget(new VerificationBudget(1, 0, 0));
		CountingStore store = new CountingStore(Payments.store());
		PaymentProcessor processor = processor(store);
		assertThat(accept(processor, 1).complete(ResponseRecord.stored(ANSWER))).isNull();
		this.facilitator.verifying(() -> new VerificationOutcome.Invalid(ReasonCode.INSUFFICIENT_FUNDS, "poor"));
		int invalid = 0;
		while (((Refused) process(processor, 2 + invalid)).refusal().reason() != ReasonCode.VERIFICATION_LIMIT) {
			assertThat(++invalid).isLessThan(50);
		}
		store.claims.set(0);
		for (int i = 101; i <= 150; i++) {
			assertRefused(process(processor, i), ReasonCode.VERIFICATION_LIMIT);
		}
		assertThat(store.claims).hasValue(0);
		assertThat(process(processor, 1)).isNotInstanceOf(Refused.class);
	}

	@Test
	void whenTheFacilitatorTakesNoMoreThenNothingIsClaimedOrLookedAtAndWhatWasPaidForIsStillDelivered() {
		AtomicInteger looks = new AtomicInteger();
		CountingStore store = new CountingStore(Payments.store());
		PaymentProcessor processor = PaymentProcessor
			.builder(this.facilitator, store, Networks.load(), this.settings, Clock.systemUTC())
			.checks(List.of(new LookingCheck(looks)))
			.build();
		assertThat(accept(processor, 1).complete(ResponseRecord.stored(ANSWER))).isNull();
		this.facilitator.unavailable("too many verifications are under way");
		store.claims.set(0);
		looks.set(0);
		for (int i = 2; i <= 50; i++) {
			assertRefused(process(processor, i), ReasonCode.FACILITATOR_UNAVAILABLE);
		}
		assertThat(store.claims).hasValue(0);
		assertThat(looks).hasValue(0);
		assertThat(this.facilitator.verified()).isOne();
		assertThat(process(processor, 1)).isNotInstanceOf(Refused.class);
	}

	@Test
	void whenOthersSendManyInvalidPaymentsThenAPayerWhoPaidIsNotRefused() {
		this.settings = settings(Duration.ZERO).withBudget(new VerificationBudget(0, 0, 3));
		PaymentProcessor processor = processor(Payments.store());
		this.facilitator.settling(() -> new Settled(
				SettlementResponse.success("0x" + java.util.UUID.randomUUID(), Payments.NETWORK, Payments.PAYER)));
		assertThat(accept(processor, 1).complete(ResponseRecord.stored(ANSWER))).isNull();
		this.facilitator.verifying(() -> new VerificationOutcome.Invalid(ReasonCode.INSUFFICIENT_FUNDS, "poor"));
		for (int i = 2; i <= 6; i++) {
			process(processor, i);
		}
		this.facilitator.verifying(() -> new VerificationOutcome.Valid(Payments.PAYER));
		assertThat(accept(processor, 7).complete(ResponseRecord.stored(ANSWER))).isNull();
	}

	@Test
	void whenJunkHasSpentItsBudgetThenPaymentsThatTheirPayerHasSignedAreVerified() {
		VerificationGuard guard = new VerificationGuard(new VerificationBudget(3, 0, 5), 100, MonotonicClock.system());
		for (int i = 0; i < 100; i++) {
			guard.found(new Source(Payments.NETWORK, Payments.PAYER, false, null), false);
			guard.found(new Source(Payments.NETWORK, "0x" + i, false, null), false);
		}
		assertThat(guard.allows(new Source(Payments.NETWORK, Payments.PAYER, false, null))).isFalse();
		assertThat(guard.allows(new Source(Payments.NETWORK, "0xanybody", false, null))).isFalse();
		assertThat(guard.allows(new Source(Payments.NETWORK, null, false, null))).isFalse();
		assertThat(guard.allows(new Source(Payments.NETWORK, Payments.PAYER, true, null))).isTrue();
		assertThat(guard.allows(new Source(Payments.NETWORK, "0xanybody", true, null))).isTrue();
		assertThat(guard.allows(new Source("eip155:8453", "0xanybody", false, null))).isTrue();
	}

	@Test
	void whenAMinuteHasPassedThenPayersMayTryAgain() {
		MovingClock clock = MovingClock.standing();
		VerificationGuard guard = new VerificationGuard(new VerificationBudget(1, 0, 5), 100, clock::nanos);
		Source source = new Source(Payments.NETWORK, Payments.PAYER, true, null);
		guard.found(source, false);
		clock.pass(Duration.ofSeconds(59));
		assertThat(guard.allows(source)).isFalse();
		clock.pass(Duration.ofSeconds(1));
		assertThat(guard.allows(source)).isTrue();
	}

	@Test
	void whenJunkComesAllAtOnceThenASecondHasATenthOfItsBudgetAndAMinuteAllOfIt() {
		MovingClock clock = MovingClock.standing();
		VerificationGuard guard = new VerificationGuard(new VerificationBudget(0, 0, 600), 1000, clock::nanos);
		int asked = 0;
		for (int second = 0; second < 60; second++) {
			int before = asked;
			for (int i = 0; i < 1000; i++) {
				Source source = new Source(Payments.NETWORK, "0x" + second + "x" + i, false, null);
				if (guard.allows(source)) {
					guard.found(source, false);
					asked++;
				}
			}
			assertThat(asked - before).isIn(0, 60);
			clock.pass(Duration.ofSeconds(1));
		}
		assertThat(asked).isEqualTo(600);
	}

	@Test
	void whenManyPayersAreNamedWhoMayNotHaveSignedThenTheFacilitatorIsNotAskedAgainForAWhile() {
		this.settings = settings(Duration.ZERO).withBudget(new VerificationBudget(0, 0, 5));
		this.facilitator.verifying(() -> new VerificationOutcome.Invalid(ReasonCode.INVALID_SIGNATURE, "junk"));
		List<PayloadCheck> unsure = List.of((request) -> null);
		PaymentProcessor processor = PaymentProcessor
			.builder(this.facilitator, Payments.store(), Networks.load(), this.settings, Clock.systemUTC())
			.checks(unsure)
			.listeners(List.of(this.events::add))
			.build();
		for (int i = 1; i <= 100; i++) {
			Map<String, Object> junk = new EvmPayload.Eip3009("0x" + "11".repeat(65), "0x%040x".formatted(i),
					Payments.SELLER, Payments.OFFER.amount(), BigInteger.ZERO, BigInteger.valueOf(4_000_000_000L),
					Payments.nonce(i))
				.toMap();
			processor.process(Payments.TERMS, Payments.payment(Payments.OFFER, junk), Payments.request("request"));
		}
		assertThat(this.facilitator.verifications()).hasSizeLessThanOrEqualTo(10);
	}

	@Test
	void whenAPaymentDoesNotShowItsPayerThenTheFacilitatorIsNotAskedWithoutLimit() {
		this.settings = settings(Duration.ZERO).withBudget(new VerificationBudget(5, 0, 5));
		this.facilitator.verifying(() -> new VerificationOutcome.Invalid(ReasonCode.INVALID_SIGNATURE, "junk"));
		PaymentProcessor processor = processor(Payments.store());
		for (int i = 1; i <= 100; i++) {
			solana(processor, i);
		}
		assertThat(this.facilitator.verifications()).hasSizeLessThanOrEqualTo(10);
		assertRefused(solana(processor, 101), ReasonCode.VERIFICATION_LIMIT);
		this.facilitator.verifying(() -> new VerificationOutcome.Valid(Payments.PAYER));
		assertThat(process(processor, 1)).isInstanceOf(Accepted.class);
	}

	@Test
	void whenPaymentsWithoutAPayerAreLeftUnpaidThenOthersStillFindRoom() {
		InMemoryPaymentStore store = Payments.store(50);
		this.facilitator.verifying(() -> new VerificationOutcome.Valid(null));
		PaymentProcessor processor = processor(store);
		for (int i = 1; i <= 100; i++) {
			if (solana(processor, i) instanceof Accepted accepted) {
				accepted.exchange().abandon(Abandonment.SELLER_FAILURE);
			}
		}
		assertThat(process(processor, 1)).isInstanceOf(Accepted.class);
	}

	private static PaymentDecision solana(PaymentProcessor processor, int number) {
		PaymentRequirements offer = Payments.offer("solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1", 10_000,
				"4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU", "2wKupLR9q6wXYppw8Gr2NvWxKBUqm4PPJKkQfoxHDBg4",
				Map.of());
		byte[] transaction = java.nio.ByteBuffer.allocate(80).put((byte) 1).putInt(70, number).array();
		return processor.process(Payments.offers(offer),
				Payments.payment(offer,
						Map.of("transaction", java.util.Base64.getEncoder().encodeToString(transaction))),
				Payments.request("request"));
	}

	@Test
	void whenALatePaymentIsNotProvedThenItsSignatureIsCheckedOnce() {
		AtomicInteger checked = new AtomicInteger();
		List<PayloadCheck> unsure = List.of(new PayloadCheck() {

			@Override
			public @Nullable ReasonCode check(FacilitatorRequest request) {
				return ReasonCode.EXPIRED;
			}

			@Override
			public boolean provesPayer(FacilitatorRequest request) {
				checked.incrementAndGet();
				return false;
			}

		});
		PaymentProcessor processor = PaymentProcessor
			.builder(this.facilitator, Payments.store(), Networks.load(), this.settings, Clock.systemUTC())
			.checks(unsure)
			.listeners(List.of(this.events::add))
			.build();
		PaymentOffers offers = Payments.offers(Payments.OFFER, Payments.upfrontOffer(),
				Payments.offer(Payments.NETWORK, 20_000, Payments.ASSET, Payments.SELLER, Map.of("name", "USDC")),
				Payments.offer("eip155:8453", 10_000, Payments.ASSET, Payments.SELLER, Map.of("name", "USDC")));
		assertRefused(processor.process(offers, Payments.payment(1), Payments.request("request")), ReasonCode.EXPIRED);
		assertThat(checked).hasValue(1);
	}

	@Test
	void whenPaymentsAreInvalidThenTheyTakeNoRoomOfOthersAndNoRowOfTheLedger() {
		InMemoryPaymentLedger ledger = new InMemoryPaymentLedger(100, Clock.systemUTC());
		InMemoryPaymentStore store = new InMemoryPaymentStore(10, 1000, ledger, Clock.systemUTC());
		this.facilitator.verifying(() -> new VerificationOutcome.Invalid(ReasonCode.INSUFFICIENT_FUNDS, "poor"));
		for (int i = 1; i <= 50; i++) {
			assertRefused(process(processor(store), i), ReasonCode.INSUFFICIENT_FUNDS);
		}
		assertThat(ledger.find(LedgerQuery.all(100))).isEmpty();
		this.facilitator.verifying(() -> new VerificationOutcome.Valid(Payments.PAYER));
		accept(processor(store), 51);
	}

	private static PaymentProcessorSettings settings(Duration claimWait) {
		return new PaymentProcessorSettings(claimWait, Duration.ofMinutes(15), Duration.ofMinutes(15), 3,
				PaymentIdentifiers.OFF);
	}

	private PaymentProcessor processor(PaymentStore store) {
		return PaymentProcessor.builder(this.facilitator, store, Networks.load(), this.settings, Clock.systemUTC())
			.checks(List.of(new TrustedPayers()))
			.listeners(List.of(this.events::add))
			.build();
	}

	private static PaymentExchange accept(PaymentProcessor processor, int nonce) {
		PaymentDecision decision = process(processor, nonce);
		assertThat(decision).isInstanceOf(Accepted.class);
		return ((Accepted) decision).exchange();
	}

	private static PaymentDecision process(PaymentProcessor processor, int nonce) {
		return processor.process(Payments.TERMS, Payments.payment(nonce), Payments.request("request"));
	}

	private static PaymentDecision upfront(PaymentProcessor processor) {
		PaymentRequirements offer = Payments.upfrontOffer();
		return processor.process(Payments.offers(offer), Payments.payment(offer, Payments.authorization(1)),
				Payments.request("request"));
	}

	private static void assertRefused(PaymentDecision decision, ReasonCode reason) {
		assertThat(decision).isInstanceOf(Refused.class);
		assertThat(((Refused) decision).refusal().reason()).isEqualTo(reason);
	}

	private static Claim claim(PaymentStore store, int nonce) {
		return store.find(Payments.key(Payments.payment(nonce)));
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	private static List<PaymentDecision> atOnce(int threads, java.util.concurrent.Callable<PaymentDecision> request)
			throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		CyclicBarrier barrier = new CyclicBarrier(threads);
		try {
			List<Future<PaymentDecision>> futures = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				futures.add(executor.submit(() -> {
					barrier.await(10, TimeUnit.SECONDS);
					return request.call();
				}));
			}
			List<PaymentDecision> decisions = new ArrayList<>();
			for (Future<PaymentDecision> future : futures) {
				decisions.add(future.get(30, TimeUnit.SECONDS));
			}
			return decisions;
		}
		finally {
			executor.shutdown();
		}
	}

	/**
	 * Counts what is asked of a store.
	 */
	private static final class CountingStore extends DelegatingPaymentStore {

		private final AtomicInteger calls = new AtomicInteger();

		private final AtomicInteger claims = new AtomicInteger();

		private final AtomicInteger renewed = new AtomicInteger();

		CountingStore(PaymentStore store) {
			super(store);
		}

		@Override
		public Claim claim(NewClaim claim) {
			this.calls.incrementAndGet();
			this.claims.incrementAndGet();
			return super.claim(claim);
		}

		@Override
		public Claim find(AuthorizationKey key) {
			this.calls.incrementAndGet();
			return super.find(key);
		}

		@Override
		public java.util.Collection<Claim> renew(java.util.Collection<Claim> claims) {
			this.renewed.addAndGet(claims.size());
			return super.renew(claims);
		}

	}

	private record LookingCheck(AtomicInteger looks) implements PayloadCheck {

		@Override
		public @Nullable ReasonCode check(FacilitatorRequest request) {
			return null;
		}

		@Override
		public boolean provesPayer(FacilitatorRequest request) {
			this.looks.incrementAndGet();
			return true;
		}

	}

}
