/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import javax.sql.DataSource;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.fixture.TrustedPayers;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.DelegatingPaymentStore;
import io.x402.spring.payment.ManualReconciliation;
import io.x402.spring.payment.ManualReconciliation.Statement;
import io.x402.spring.payment.PaymentDecision;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Redelivered;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.payment.Payments;
import io.x402.spring.protocol.PaymentIdentifier;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.ResponseRecord;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The facilitator settles, its response is lost, and it is down for longer than the
 * authorization lasts and its claim would have been kept.
 */
@ParameterizedClass
@EnumSource
class LateSettlementTests {

	private static final DataSource DATABASE = JdbcConnectionPool.create("jdbc:h2:mem:late;DB_CLOSE_DELAY=-1", "", "");

	private static final Duration SETTLE_TIMEOUT = Duration.ofMinutes(1);

	/** With the windows of the settings, and more than the longest wait between looks. */
	private static final Duration DOWN = Payments.VALIDITY.plusHours(3);

	private static final PaymentRequirements SOLANA = Payments.offer("solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1", 10_000,
			"4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU", "2wKupLR9q6wXYppw8Gr2NvWxKBUqm4PPJKkQfoxHDBg4", Map.of());

	private static final byte[] ANSWER = { 1, 2, 3 };

	private final MovingClock clock = MovingClock.running();

	private final List<String> moved = new ArrayList<>();

	private final FacilitatorDouble facilitator = new FacilitatorDouble().settling((request) -> {
		this.moved.add(Payments.TRANSACTION);
		return new Unknown("the response was lost", null);
	});

	private final SharedStore shared;

	private final PaymentPayload payment = Payments.payment(1);

	private PaymentProcessor processor;

	LateSettlementTests(Engine engine) {
		this.shared = engine.create.apply(this.clock);
		this.processor = start(this.shared.store());
	}

	@BeforeAll
	static void createTables() {
		SharedDatabase.createTables(DATABASE);
	}

	private PaymentProcessor start(PaymentStore store) {
		return PaymentProcessor
			.builder(this.facilitator, store, Networks.load(),
					Payments.settings(Duration.ZERO).withClock(this.clock::nanos), this.clock)
			.checks(List.of(new TrustedPayers((request) -> isOver(request) ? ReasonCode.EXPIRED : null)))
			.build();
	}

	private boolean isOver(FacilitatorRequest request) {
		return request.authorizationKey().equals(Payments.key(this.payment))
				&& !this.clock.instant().isBefore(Payments.SIGNED_AT.plus(Payments.VALIDITY));
	}

	@Test
	void whenTheFacilitatorComesBackThenTheBuyerGetsWhatWasPaidForAndIsChargedOnce() {
		buy();
		this.facilitator.settling(() -> new Unknown("down", null));
		reconcileEvery(Duration.ofMinutes(10), DOWN);
		assertThat(reason()).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
		assertThat(booked()).contains(LedgerEvent.UNRESOLVED);
		this.facilitator.settling(this::repeatedReceipt);
		reconcileEvery(Duration.ofMinutes(30), Duration.ofHours(3));
		this.shared.store().maintain();
		collect();
	}

	@Test
	void whenEveryInstanceIsGoneWithTheSettlementThenItsSuccessorFindsIt() {
		this.processor = start(new DyingStore(this.shared.store()));
		((Accepted) process()).exchange().complete(ResponseRecord.stored(ANSWER));
		this.shared.pass(DOWN);
		this.processor = start(this.shared.store());
		this.shared.store().maintain();
		assertThat(reason()).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
		this.facilitator.settling(this::repeatedReceipt);
		reconcile();
		collect();
	}

	@Test
	void whenASellerConfirmsItByHandDaysLaterThenTheBuyerGetsIt() {
		buy();
		this.facilitator.settling(() -> new Unknown("down", null));
		reconcileEvery(Duration.ofHours(1), DOWN.plusDays(4));
		String sale = this.shared.booked().get(0).sale();
		this.facilitator.settling(this::repeatedReceipt);
		assertThat(this.processor.byHand(List.of(), SETTLE_TIMEOUT)
			.confirm(sale, Payments.TRANSACTION, new Statement("alice", "ticket 7")))
			.isEqualTo(ManualReconciliation.Result.SETTLED);
		this.shared.pass(Duration.ofHours(20));
		this.shared.store().maintain();
		collect();
	}

	@Test
	void whenItIsNeverFoundOutThenItIsToldSeldomAndForgottenInTheEnd() {
		buy();
		this.facilitator.settling(() -> new Unknown("down", null));
		reconcileEvery(Duration.ofHours(1), Payments.VALIDITY.plus(Claim.KEPT_IN_DOUBT));
		assertThat(reason()).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
		assertThat(booked()).filteredOn((event) -> event == LedgerEvent.UNRESOLVED).hasSizeBetween(6, 15);
		this.shared.pass(Duration.ofHours(1));
		this.shared.store().maintain();
		assertThat(this.shared.size()).isZero();
	}

	@Test
	void whenTheFacilitatorIsBackSoonThenTheClaimIsKeptNoLonger() {
		buy();
		this.facilitator.settling(this::repeatedReceipt);
		reconcileEvery(Duration.ofSeconds(5), Duration.ofSeconds(10));
		collect();
		this.shared.pass(Payments.VALIDITY.plusHours(1));
		this.shared.store().maintain();
		assertThat(this.shared.size()).isZero();
	}

	@Test
	void whenAPaymentInDoubtHasAnIdentifierThenNoOtherIsTakenForIt() {
		((Accepted) process(Payments.OFFER, identified(1))).exchange().complete(ResponseRecord.stored(ANSWER));
		this.facilitator.settling(() -> new Unknown("down", null));
		reconcileEvery(Duration.ofMinutes(10), DOWN);
		assertThat(((Refused) process(Payments.OFFER, identified(2))).refusal().reason())
			.isEqualTo(ReasonCode.PAYMENT_IDENTIFIER_CONFLICT);
		assertThat(this.moved).hasSize(1);
		this.shared.pass(Claim.KEPT_IN_DOUBT);
		this.shared.store().maintain();
		assertThat(this.shared.size()).isZero();
	}

	@Test
	void whenAPaymentIsFoundLateAtTheFirstLookThenNoOtherIsTakenForItsIdentifier() {
		((Accepted) process(Payments.OFFER, identified(1))).exchange().complete(ResponseRecord.stored(ANSWER));
		this.shared.pass(DOWN);
		this.shared.store().maintain();
		this.facilitator.settling(this::repeatedReceipt);
		reconcile();
		assertThat(((Refused) process(Payments.OFFER, identified(2))).refusal().reason())
			.isEqualTo(ReasonCode.PAYMENT_IDENTIFIER_CONFLICT);
		assertThat(this.moved).hasSize(1);
	}

	private static PaymentPayload identified(int nonce) {
		PaymentPayload.V2 plain = Payments.payment(nonce);
		return new PaymentPayload.V2(2, null, plain.accepted(), plain.payload(),
				Map.of(PaymentIdentifier.KEY, Map.of("info", Map.of("id", "order-0123456789abc"))));
	}

	@Test
	void whenAPaymentNamesNoEndThenItIsUnresolvedBeforeItIsForgotten() {
		PaymentPayload solana = withoutEnd();
		this.facilitator.verifying(() -> new VerificationOutcome.Valid(null));
		((Accepted) process(SOLANA, solana)).exchange().complete(ResponseRecord.stored(ANSWER));
		reconcileEvery(Duration.ofMinutes(5), Duration.ofMinutes(30));
		assertThat(booked()).doesNotContain(LedgerEvent.UNRESOLVED);
		reconcileEvery(Duration.ofMinutes(5), Duration.ofMinutes(10));
		assertThat(booked()).containsOnlyOnce(LedgerEvent.UNRESOLVED);
		this.facilitator
			.settling(() -> new Settled(SettlementResponse.success("5".repeat(88), SOLANA.network(), "payer")));
		reconcileEvery(Duration.ofMinutes(30), Duration.ofHours(2));
		assertThat(((Redelivered) process(SOLANA, solana)).response()).isEqualTo(ANSWER);
	}

	@Test
	void whenItIsFoundShortlyBeforeItsClaimWouldBeOverThenItCanBeCollectedAsLongAsOthers() {
		PaymentPayload solana = withoutEnd();
		this.facilitator.verifying(() -> new VerificationOutcome.Valid(null));
		((Accepted) process(SOLANA, solana)).exchange().complete(ResponseRecord.stored(ANSWER));
		reconcileEvery(Duration.ofMinutes(5), Duration.ofMinutes(25));
		this.facilitator
			.settling(() -> new Settled(SettlementResponse.success("5".repeat(88), SOLANA.network(), "payer")));
		reconcileEvery(Duration.ofMinutes(1), Duration.ofMinutes(6));
		assertThat(booked()).contains(LedgerEvent.SETTLED).doesNotContain(LedgerEvent.UNRESOLVED);
		this.shared.pass(Duration.ofMinutes(9));
		this.shared.store().maintain();
		assertThat(((Redelivered) process(SOLANA, solana)).response()).isEqualTo(ANSWER);
	}

	private static PaymentPayload withoutEnd() {
		return Payments.payment(SOLANA, Map.of("transaction", Base64.getEncoder().encodeToString(new byte[80])));
	}

	private PaymentDecision process(PaymentRequirements offer, PaymentPayload payment) {
		return this.processor.process(Payments.offers(offer), payment, Payments.request("request"));
	}

	private void buy() {
		((Accepted) process()).exchange().complete(ResponseRecord.stored(ANSWER));
		assertThat(reason()).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
	}

	private SettlementOutcome repeatedReceipt() {
		return new Settled(SettlementResponse.success(Payments.TRANSACTION, Payments.NETWORK, Payments.PAYER));
	}

	private void collect() {
		Redelivered redelivered = (Redelivered) process();
		redelivered.record().run();
		assertThat(redelivered.response()).isEqualTo(ANSWER);
		assertThat(redelivered.exchange().receipt()).isEqualTo(Payments.receipt());
		assertThat(this.moved).containsExactly(Payments.TRANSACTION);
		assertThat(booked()).containsOnlyOnce(LedgerEvent.SETTLED).last().isEqualTo(LedgerEvent.REDELIVERED);
	}

	private void reconcileEvery(Duration step, Duration time) {
		for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(step)) {
			this.shared.pass(step);
			reconcile();
			this.shared.store().maintain();
		}
	}

	private void reconcile() {
		this.processor.reconciler(List.of()).take(10, SETTLE_TIMEOUT).forEach(Runnable::run);
	}

	private PaymentDecision process() {
		return this.processor.process(Payments.TERMS, this.payment, Payments.request("request"));
	}

	private ReasonCode reason() {
		return ((Refused) process()).refusal().reason();
	}

	private List<LedgerEvent> booked() {
		return this.shared.booked().stream().map(LedgerEntry::event).toList();
	}

	/**
	 * The store of an instance that dies as soon as the money has moved.
	 */
	private final class DyingStore extends DelegatingPaymentStore {

		private DyingStore(PaymentStore store) {
			super(store);
		}

		@Override
		public Claim advance(Claim claim, ClaimChange change) {
			if (!LateSettlementTests.this.moved.isEmpty()) {
				throw new PaymentStoreException("The instance is dead");
			}
			return super.advance(claim, change);
		}

	}

	/**
	 * What claims are stored in.
	 */
	enum Engine {

		/** The memory of the process. */
		MEMORY(SharedMemory::new),

		/** A database. */
		DATABASE((clock) -> new SharedDatabase(clock, LateSettlementTests.DATABASE));

		private final Function<MovingClock, SharedStore> create;

		Engine(Function<MovingClock, SharedStore> create) {
			this.create = create;
		}

	}

}
