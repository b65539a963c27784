/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.NotExecuted;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Redelivered;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.InMemoryPaymentLedger;
import io.x402.spring.store.InMemoryStores;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.ResponseRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Unknown outcomes are asked about until they are known, and are never taken for
 * failures.
 */
class SettlementReconcilerTests {

	private static final byte[] ANSWER = { 1, 2, 3 };

	private static final Duration LEASE = Duration.ofHours(2);

	private static final Duration SETTLE_TIMEOUT = Duration.ofMinutes(1);

	private final MovingClock clock = MovingClock.standing(Instant.now());

	private final FacilitatorDouble facilitator = Payments.facilitator();

	private final InMemoryPaymentLedger ledger = new InMemoryPaymentLedger(1000, this.clock);

	private final PaymentStore store = InMemoryStores.of(100, this.ledger, LEASE, this.clock);

	private final List<PaymentEvent> events = new ArrayList<>();

	private final List<SettlementProbe> probes = new ArrayList<>();

	private final PaymentProcessor processor = PaymentProcessor
		.builder(this.facilitator, this.store, Networks.load(),
				Payments.settings(Duration.ZERO).withClock(this.clock::nanos), this.clock)
		.listeners(List.of(this.events::add))
		.cipher(StoredContentCipher.withKey(new byte[32]))
		.build();

	private final PaymentPayload payment = Payments.payment(1);

	@BeforeEach
	void leaveUnknown() {
		this.facilitator.settling(() -> new Unknown("timeout", Payments.TRANSACTION));
		assertThat(process()).isInstanceOf(Accepted.class);
	}

	@Test
	void whenTheFacilitatorSettlesLaterThenTheBuyerGetsWhatWasAnswered() {
		settle();
		assertThat(reason(process())).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
		FacilitatorRequest first = this.facilitator.settlements().get(0);
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		reconcileAfter(Duration.ofSeconds(3));
		assertThat(this.facilitator.settlements()).hasSize(2).last().isEqualTo(first);
		assertThat(this.events).last().isInstanceOf(PaymentEvent.Settled.class);
		Redelivered redelivered = (Redelivered) process();
		redelivered.record().run();
		assertThat(redelivered.response()).isEqualTo(ANSWER);
		assertThat(redelivered.exchange().receipt()).isEqualTo(Payments.receipt());
		assertThat(this.facilitator.settlements()).hasSize(2);
		assertThat(booked()).containsExactly(LedgerEvent.VERIFIED, LedgerEvent.PENDING, LedgerEvent.SETTLED,
				LedgerEvent.REDELIVERED);
	}

	@Test
	void whenNotDueThenNobodyIsAsked() {
		settle();
		reconcileAfter(Duration.ofSeconds(1));
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenStillUnknownThenItIsAskedLessAndLessOften() {
		settle();
		List<Integer> asked = new ArrayList<>();
		for (int second = 0; second < 60; second++) {
			reconcileAfter(Duration.ofSeconds(1));
			asked.add(this.facilitator.settlements().size() - 1);
		}
		assertThat(asked.get(3)).isEqualTo(1);
		assertThat(asked.get(59)).isBetween(3, 4);
		assertThat(reason(process())).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
		assertThat(booked()).containsOnlyOnce(LedgerEvent.PENDING);
	}

	@ParameterizedTest
	@EnumSource(names = { "INSUFFICIENT_FUNDS", "EXPIRED", "NONCE_ALREADY_USED", "SETTLEMENT_DECLINED",
			"INVALID_SIGNATURE" })
	void whenDeclinedLaterForWhatASettlementMayHaveCausedThenItStaysUnknown(ReasonCode code) {
		settle();
		this.facilitator.settling(() -> declined(code));
		reconcileAfter(Duration.ofSeconds(3));
		assertThat(claim().state()).isEqualTo(ClaimState.PENDING);
	}

	@Test
	void whenDeclinedLaterForWhatHasAlwaysBeenSoThenItIsDeclined() {
		settle();
		this.facilitator.settling(() -> declined(ReasonCode.RECIPIENT_MISMATCH));
		reconcileAfter(Duration.ofSeconds(3));
		assertThat(claim().state()).isEqualTo(ClaimState.DECLINED);
		assertThat(this.events).last().isInstanceOf(PaymentEvent.Declined.class);
		assertThat(reason(process())).isEqualTo(ReasonCode.SETTLEMENT_DECLINED);
	}

	@Test
	void whenAProbeFindsTheTransferThenTheFacilitatorIsNotAsked() {
		settle();
		this.probes.add((request, transaction) -> new Unknown("another network", null));
		this.probes.add((request, transaction) -> new Settled(Payments.receipt()));
		reconcileAfter(Duration.ofSeconds(3));
		assertThat(this.facilitator.settlements()).hasSize(1);
		assertThat(process()).isInstanceOf(Redelivered.class);
	}

	/**
	 * Its payer has named the transaction, so that no other one will be found.
	 */
	@Test
	void whenATransferIsFoundToHaveSettledAnotherPaymentThenItIsDeclined() {
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		this.accepted.complete(ResponseRecord.stored(ANSWER));
		assertThat(claim().state()).isEqualTo(ClaimState.SETTLED);
		PaymentRequirements quoted = new PaymentRequirements("transfer", Payments.NETWORK, BigInteger.valueOf(10_000),
				Payments.ASSET, Payments.SELLER, 60, Map.of("paymentFlow", "upfront"));
		long now = this.clock.instant().getEpochSecond();
		Map<String, Object> transfer = Map.of("quote",
				now + "." + (now + 900) + "." + (now + 8100) + "." + "0".repeat(48), "from", Payments.PAYER,
				"transaction", Payments.TRANSACTION);
		PaymentPayload second = Payments.payment(quoted,
				Map.of("signature", "0x" + "00".repeat(65), "transfer", transfer));
		this.facilitator.settling(() -> new Unknown("no block yet", null));
		PaymentOffers offers = Payments.offers(quoted);
		assertThat(reason(this.processor.process(offers, second, Payments.request("second"))))
			.isEqualTo(ReasonCode.SETTLEMENT_PENDING);
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		reconcileAfter(Duration.ofSeconds(3));
		PaymentDecision declined = this.processor.process(offers, second, Payments.request("second"));
		assertThat(reason(declined)).isEqualTo(ReasonCode.SETTLEMENT_DECLINED);
		assertThat(((Refused) declined).refusal().receipt())
			.isEqualTo(new SettlementResponse(false, ReasonCode.TRANSFER_ALREADY_USED.code(), null, Payments.PAYER,
					Payments.TRANSACTION, Payments.NETWORK, null, null, null));
		assertThat(booked()).last().isEqualTo(LedgerEvent.DECLINED);
		int asked = this.facilitator.settlements().size();
		reconcileAfter(Duration.ofHours(1));
		assertThat(this.facilitator.settlements()).hasSize(asked);
	}

	@Test
	void whenAProbeProvesThatNothingMovedThenItIsDeclined() {
		settle();
		this.probes.add((request, transaction) -> declined(ReasonCode.EXPIRED));
		reconcileAfter(Duration.ofSeconds(3));
		assertThat(claim().state()).isEqualTo(ClaimState.DECLINED);
	}

	@Test
	void whenAProbeFailsThenTheFacilitatorIsAsked() {
		settle();
		this.probes.add((request, transaction) -> {
			throw new IllegalStateException("boom");
		});
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		reconcileAfter(Duration.ofSeconds(3));
		assertThat(claim().state()).isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenAProbeSeesWhereThePaymentIsSettledThenTheFacilitatorIsAskedOnlyOnceItIsOver() {
		settle();
		this.probes.add(new SettlementProbe() {

			@Override
			public SettlementOutcome probe(FacilitatorRequest request, String transaction) {
				return new Unknown("no block yet", null);
			}

			@Override
			public boolean covers(FacilitatorRequest request) {
				return true;
			}

		});
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		reconcileAfter(Duration.ofSeconds(3));
		reconcileAfter(Duration.ofMinutes(1));
		assertThat(this.facilitator.settlements()).hasSize(1);
		assertThat(claim().state()).isEqualTo(ClaimState.PENDING);
		reconcileAfter(Payments.VALIDITY.plus(Duration.ofMinutes(3)));
		assertThat(this.facilitator.settlements()).hasSize(2);
		assertThat(claim().state()).isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenTheTransactionSettledAnotherPaymentThenItStaysUnknown() {
		settle();
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		PaymentDecision other = this.processor.process(Payments.TERMS, Payments.payment(2),
				Payments.request("other request"));
		((Accepted) other).exchange().complete(ResponseRecord.stored(ANSWER));
		reconcileAfter(Duration.ofSeconds(3));
		assertThat(claim().state()).isEqualTo(ClaimState.PENDING);
	}

	@Test
	void whenTheAuthorizationIsOverThenSomebodyHasToLookAndItIsStillNoFailure() {
		settle();
		this.facilitator.settling(() -> declined(ReasonCode.EXPIRED));
		this.clock.pass(Payments.VALIDITY.minusMinutes(10));
		for (int minute = 0; minute < 20; minute++) {
			reconcileAfter(Duration.ofMinutes(1));
		}
		int asked = this.facilitator.settlements().size();
		reconcileAfter(Duration.ofMinutes(6));
		assertThat(this.facilitator.settlements()).hasSize(asked);
		assertThat(claim().state()).isEqualTo(ClaimState.PENDING);
		assertThat(booked()).last().isEqualTo(LedgerEvent.UNRESOLVED);
		assertThat(reason(process())).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
	}

	@Test
	void whenTheFacilitatorIsDownLongerThanTheAuthorizationLastsThenItsSettlementIsStillFound() {
		settle();
		reconcileAfter(Payments.VALIDITY.plusMinutes(3));
		assertThat(booked()).last().isEqualTo(LedgerEvent.UNRESOLVED);
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		reconcileAfter(Duration.ofHours(1));
		assertThat(claim().state()).isEqualTo(ClaimState.SETTLED);
		assertThat(process()).isInstanceOf(PaymentDecision.Redelivered.class);
	}

	@Test
	void whenAClaimIsHeldTooLongThenTheFacilitatorIsNotAsked() {
		settle();
		List<Runnable> slow = takeAfter(Duration.ofSeconds(3));
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		this.clock.pass(Duration.ofSeconds(61));
		slow.forEach(Runnable::run);
		assertThat(this.facilitator.settlements()).hasSize(1);
		reconcileAfter(Duration.ofMinutes(1));
		assertThat(this.facilitator.settlements()).hasSize(2);
		assertThat(claim().state()).isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenAnotherInstanceHasSettledMeanwhileThenTheFacilitatorIsNotAsked() {
		settle();
		List<Runnable> slow = takeAfter(Duration.ofSeconds(3));
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		reconcileAfter(SETTLE_TIMEOUT.plusSeconds(61));
		slow.forEach(Runnable::run);
		assertThat(this.facilitator.settlements()).hasSize(2);
		assertThat(claim().state()).isEqualTo(ClaimState.SETTLED);
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenTheClaimIsDeclinedWhileTheFacilitatorIsAskedThenItsSettlementIsToldTheSeller(CapturedOutput output) {
		settle();
		this.facilitator.settling(() -> {
			this.store.advance(claim(), ClaimChange.declined("expired",
					SettlementResponse.failure("expired", Payments.NETWORK, Payments.PAYER)));
			return new Settled(Payments.receipt());
		});
		reconcileAfter(Duration.ofSeconds(3));
		reconcileAfter(Duration.ofMinutes(1));
		assertThat(claim().state()).isEqualTo(ClaimState.DECLINED);
		assertThat(output.toString().lines().filter((line) -> line.contains(Payments.TRANSACTION))).singleElement()
			.asString()
			.contains("WARN", Payments.NETWORK, "DECLINED");
	}

	static List<SettlementOutcome> late() {
		return List.of(declined(ReasonCode.NONCE_ALREADY_USED), declined(ReasonCode.INSUFFICIENT_FUNDS),
				declined(ReasonCode.RECIPIENT_MISMATCH), new Unknown("late", Payments.TRANSACTION),
				new NotExecuted("late"), new Settled(Payments.receipt()));
	}

	@ParameterizedTest
	@MethodSource("late")
	void whenAReconcilerStandsStillBeforeItsCallThenItsOutcomeChangesNothing(SettlementOutcome late) {
		settle();
		AtomicInteger calls = new AtomicInteger();
		this.facilitator.settling(() -> {
			if (calls.incrementAndGet() > 1) {
				return new Settled(Payments.receipt());
			}
			reconcileAfter(SETTLE_TIMEOUT.plusSeconds(61));
			return late;
		});
		reconcileAfter(Duration.ofSeconds(3));
		assertThat(calls).hasValue(2);
		assertThat(claim().state()).isEqualTo(ClaimState.SETTLED);
		assertThat(claim().receipt()).isEqualTo(Payments.receipt());
		assertThat(booked()).containsExactly(LedgerEvent.VERIFIED, LedgerEvent.PENDING, LedgerEvent.SETTLED);
		assertThat(this.events).filteredOn((event) -> event instanceof PaymentEvent.Settled).hasSize(1);
		assertThat(this.events).noneMatch((event) -> event instanceof PaymentEvent.Declined);
		assertThat(process()).isInstanceOf(Redelivered.class);
		reconcileAfter(Duration.ofMinutes(10));
		assertThat(calls).hasValue(2);
	}

	@Test
	void whenARequestAndAReconcilerFindTheSameSettlementThenItIsCountedOnce() {
		this.facilitator.settling(() -> {
			this.facilitator.settling(() -> new Settled(Payments.receipt()));
			reconcileAfter(LEASE.plusSeconds(1));
			return new Settled(Payments.receipt());
		});
		this.accepted.complete(ResponseRecord.stored(ANSWER));
		assertThat(claim().state()).isEqualTo(ClaimState.SETTLED);
		assertThat(this.events).filteredOn((event) -> event instanceof PaymentEvent.Settled).hasSize(1);
	}

	private void settle() {
		this.accepted.complete(ResponseRecord.stored(ANSWER));
		assertThat(claim().state()).isEqualTo(ClaimState.PENDING);
	}

	private PaymentExchange accepted;

	private PaymentDecision process() {
		PaymentDecision decision = this.processor.process(Payments.TERMS, this.payment, Payments.request("request"));
		if (decision instanceof Accepted taken) {
			this.accepted = taken.exchange();
		}
		return decision;
	}

	private void reconcileAfter(Duration time) {
		takeAfter(time).forEach(Runnable::run);
	}

	private List<Runnable> takeAfter(Duration time) {
		this.clock.pass(time);
		return this.processor.reconciler(this.probes).take(10, SETTLE_TIMEOUT);
	}

	private Claim claim() {
		return this.store.find(Payments.key(this.payment));
	}

	private List<LedgerEvent> booked() {
		return this.ledger.find(LedgerQuery.all(100)).stream().map(LedgerEntry::event).toList();
	}

	private static ReasonCode reason(PaymentDecision decision) {
		return ((Refused) decision).refusal().reason();
	}

	private static SettlementOutcome declined(ReasonCode code) {
		return new Declined(code, SettlementResponse.failure(code.code(), Payments.NETWORK, Payments.PAYER));
	}

}
