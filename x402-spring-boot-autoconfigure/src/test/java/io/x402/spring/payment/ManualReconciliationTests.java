/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Settled;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.facilitator.SettlementProbe;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.ManualReconciliation.Result;
import io.x402.spring.payment.ManualReconciliation.Statement;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Redelivered;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.InMemoryPaymentLedger;
import io.x402.spring.store.InMemoryStores;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.ResponseRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What a person may do about a settlement of unknown outcome, and what not.
 */
class ManualReconciliationTests {

	private static final byte[] ANSWER = { 1, 2, 3 };

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private static final Duration OVER = Payments.VALIDITY.plusMinutes(3);

	private static final String ANOTHER = "0x" + "cd".repeat(32);

	private static final Statement STATEMENT = new Statement("alice", "ticket 7");

	private final MovingClock clock = MovingClock.standing(Payments.SIGNED_AT);

	private final FacilitatorDouble facilitator = Payments.facilitator();

	private final InMemoryPaymentLedger ledger = new InMemoryPaymentLedger(1000, this.clock);

	private final PaymentStore store = InMemoryStores.of(100, this.ledger, Duration.ofDays(3), this.clock);

	private final List<PaymentEvent> events = new ArrayList<>();

	private final PaymentProcessor processor = PaymentProcessor
		.builder(this.facilitator, this.store, Networks.load(),
				Payments.settings(Duration.ZERO).withClock(this.clock::nanos), this.clock)
		.listeners(List.of(this.events::add))
		.cipher(StoredContentCipher.withKey(new byte[32]))
		.build();

	private final PaymentPayload payment = Payments.payment(1);

	@BeforeEach
	void leaveUnknown() {
		this.facilitator.settling(() -> new Unknown("timeout", null));
		assertThat(((Accepted) process()).exchange().complete(ResponseRecord.stored(ANSWER))).isNotNull();
		assertThat(claim().state()).isEqualTo(ClaimState.PENDING);
		this.events.clear();
	}

	@Test
	void whenAskedForThenThePaymentIsReconciledBeforeItIsDue() {
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		assertThat(byHand().reconcile(sale())).isEqualTo(Result.SETTLED);
		assertThat(this.facilitator.settlements()).hasSize(2);
		assertThat(this.events).singleElement().isInstanceOf(PaymentEvent.Settled.class);
		assertThat(last().note()).isNull();
		assertThat(((Redelivered) process()).response()).isEqualTo(ANSWER);
	}

	@Test
	void whenItIsStillUnknownThenTheSearchGoesOn() {
		assertThat(byHand().reconcile(sale())).isEqualTo(Result.UNKNOWN);
		assertThat(claim().state()).isEqualTo(ClaimState.PENDING);
		this.clock.pass(Duration.ofSeconds(6));
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		this.processor.reconciler(List.of()).take(10, TIMEOUT).forEach(Runnable::run);
		assertThat(claim().state()).isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenAProbeSeesTheNamedTransactionThenItIsConfirmedAndTheBuyerCollects() {
		AtomicReference<String> named = new AtomicReference<>();
		SettlementProbe probe = (request, transaction) -> {
			named.set(transaction);
			return Payments.TRANSACTION.equals(transaction) ? new Settled(Payments.receipt(), 4)
					: new Unknown("out of range", null);
		};
		assertThat(byHand(probe).confirm(sale(), Payments.TRANSACTION, STATEMENT)).isEqualTo(Result.SETTLED);
		assertThat(named).hasValue(Payments.TRANSACTION);
		assertThat(this.facilitator.settlements()).hasSize(1);
		assertThat(last()).returns(LedgerEvent.SETTLED, LedgerEntry::event)
			.returns("alice: ticket 7", LedgerEntry::note)
			.returns(Payments.TRANSACTION, LedgerEntry::transaction);
		assertThat(this.events).singleElement().isInstanceOf(PaymentEvent.Settled.class);
		Redelivered redelivered = (Redelivered) process();
		assertThat(redelivered.response()).isEqualTo(ANSWER);
		assertThat(redelivered.exchange().receipt()).isEqualTo(Payments.receipt());
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenTheFacilitatorNamesTheTransactionThenItIsConfirmed() {
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		assertThat(byHand().confirm(sale(), Payments.TRANSACTION, STATEMENT)).isEqualTo(Result.SETTLED);
		assertThat(last().note()).isEqualTo("alice: ticket 7");
	}

	@Test
	void whenAnotherTransactionSettledItThenThatIsRecordedAndNotWhatThePersonSays() {
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		assertThat(byHand().confirm(sale(), ANOTHER, STATEMENT)).isEqualTo(Result.SETTLED);
		assertThat(last()).returns(null, LedgerEntry::note).returns(Payments.TRANSACTION, LedgerEntry::transaction);
	}

	@Test
	void whenNoOneSeesTheTransactionThenItIsNotConfirmed() {
		assertThat(byHand((request, transaction) -> new Unknown("no such transaction", null)).confirm(sale(),
				Payments.TRANSACTION, STATEMENT))
			.isEqualTo(Result.UNKNOWN);
		assertThat(claim().state()).isEqualTo(ClaimState.PENDING);
		assertThat(this.events).isEmpty();
		assertThat(reason(process())).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
	}

	@Test
	void whenTheTransactionSettledAnotherSaleThenItIsNotConfirmed() {
		PaymentPayload other = Payments.payment(2);
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		((Accepted) process(other)).exchange().complete(ResponseRecord.stored(ANSWER));
		assertThat(byHand().confirm(sale(), Payments.TRANSACTION, STATEMENT)).isEqualTo(Result.UNKNOWN);
		assertThat(claim().state()).isEqualTo(ClaimState.PENDING);
	}

	@Test
	void whenATransactionSettledTwoSalesByTransfersOfTheirOwnThenBothAreConfirmed() {
		PaymentPayload other = Payments.payment(2);
		((Accepted) process(other)).exchange().complete(ResponseRecord.stored(ANSWER));
		Claim second = this.store.find(Payments.key(other));
		assertThat(byHand((request, transaction) -> new Settled(Payments.receipt(), 4)).confirm(sale(),
				Payments.TRANSACTION, STATEMENT))
			.isEqualTo(Result.SETTLED);
		SettlementProbe same = (request, transaction) -> new Settled(Payments.receipt(), 4);
		assertThat(byHand(same).confirm(second.sale().id(), Payments.TRANSACTION, STATEMENT)).isEqualTo(Result.UNKNOWN);
		SettlementProbe own = (request, transaction) -> new Settled(Payments.receipt(), 5);
		assertThat(byHand(own).confirm(second.sale().id(), Payments.TRANSACTION, STATEMENT)).isEqualTo(Result.SETTLED);
	}

	@Test
	void whenTheAuthorizationIsOverThenAPersonCanSayThatItWasNotSettled() {
		this.clock.pass(OVER);
		assertThat(byHand().dismiss(sale(), STATEMENT)).isEqualTo(Result.NOT_SETTLED);
		assertThat(this.facilitator.settlements()).hasSize(2);
		assertThat(last()).returns(LedgerEvent.DECLINED, LedgerEntry::event)
			.returns("alice: ticket 7", LedgerEntry::note)
			.returns(ReasonCode.EXPIRED.code(), LedgerEntry::reason);
		assertThat(this.events).singleElement().isInstanceOf(PaymentEvent.Declined.class);
		assertThat(this.ledger.unsettled(10)).isEmpty();
		assertThat(claim().receipt())
			.isEqualTo(SettlementResponse.failure(ReasonCode.EXPIRED.code(), Payments.NETWORK, Payments.PAYER));
	}

	@Test
	void whenTheAuthorizationCanStillBeUsedThenNoOneIsAskedToSettleAndNothingIsDismissed() {
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		this.clock.pass(Payments.VALIDITY.plusSeconds(60));
		assertThat(byHand().dismiss(sale(), STATEMENT)).isEqualTo(Result.STILL_VALID);
		assertThat(this.facilitator.settlements()).hasSize(1);
		assertThat(claim().state()).isEqualTo(ClaimState.PENDING);
	}

	@Test
	void whenAPaymentDoesNotSayWhenItEndsThenItIsNeverOver() {
		PaymentRequirements offer = Payments.TERMS.accepts().get(0);
		FacilitatorRequest request = Payments.request(Payments.payment(offer, Map.of("opaque", "1")), offer);
		this.clock.pass(Duration.ofDays(365));
		assertThat(this.processor.reconciler(List.of()).isOver(request)).isFalse();
	}

	@Test
	void whenAProbeSaysThatItMovedThenItIsNotDismissedAndTheBuyerCollects() {
		this.clock.pass(OVER);
		assertThat(byHand((request, transaction) -> new Settled(Payments.receipt())).dismiss(sale(), STATEMENT))
			.isEqualTo(Result.SETTLED);
		assertThat(last()).returns(LedgerEvent.SETTLED, LedgerEntry::event).returns(null, LedgerEntry::note);
		assertThat(((Redelivered) process()).response()).isEqualTo(ANSWER);
	}

	@Test
	void whenTheFacilitatorSaysThatItMovedThenItIsNotDismissed() {
		this.clock.pass(OVER);
		this.facilitator.settling(() -> new Settled(Payments.receipt()));
		assertThat(byHand().dismiss(sale(), STATEMENT)).isEqualTo(Result.SETTLED);
		assertThat(((Redelivered) process()).response()).isEqualTo(ANSWER);
	}

	@Test
	void whenAProbeWillFindOutThenAPersonMayNotSayIt() {
		this.clock.pass(OVER);
		SettlementProbe down = new SettlementProbe() {

			@Override
			public SettlementOutcome probe(FacilitatorRequest request, @Nullable String transaction) {
				return new Unknown("no node responds", null);
			}

			@Override
			public boolean watches(FacilitatorRequest request) {
				return true;
			}

		};
		assertThat(byHand(down).dismiss(sale(), STATEMENT)).isEqualTo(Result.WATCHED);
		assertThat(claim().state()).isEqualTo(ClaimState.PENDING);
		assertThat(last().event()).isEqualTo(LedgerEvent.UNRESOLVED);
	}

	@Test
	void whenATransactionMayHaveSettledItThenAPersonMayNotSayThatItWasNot() {
		this.clock.pass(OVER);
		this.facilitator.settling(() -> new Unknown("not enough confirmations", Payments.TRANSACTION));
		assertThat(byHand().dismiss(sale(), STATEMENT)).isEqualTo(Result.WATCHED);
		assertThat(claim().state()).isEqualTo(ClaimState.PENDING);
	}

	@Test
	void whenAProbeProvesThatNothingMovedThenNoNoteIsNeeded() {
		assertThat(byHand((request, transaction) -> new Declined(ReasonCode.EXPIRED,
				SettlementResponse.failure("expired", Payments.NETWORK, null)))
			.reconcile(sale())).isEqualTo(Result.NOT_SETTLED);
		assertThat(last().note()).isNull();
	}

	@Test
	void whenAProbeProvesThatNothingMovedThenThatIsRecordedAndNotWhatThePersonSays() {
		this.clock.pass(OVER);
		SettlementProbe probe = (request, transaction) -> new Declined(ReasonCode.SETTLEMENT_DECLINED,
				SettlementResponse.failure("insufficient_funds", Payments.NETWORK, null));
		assertThat(byHand(probe).dismiss(sale(), STATEMENT)).isEqualTo(Result.NOT_SETTLED);
		assertThat(last()).returns(null, LedgerEntry::note)
			.returns(ReasonCode.SETTLEMENT_DECLINED.code(), LedgerEntry::reason);
	}

	@Test
	void whenSomeoneElseSettlesItMeanwhileThenThatCounts() {
		this.clock.pass(OVER);
		this.facilitator.settling(() -> {
			this.store.advance(claim(), Payments.settled(Payments.receipt()));
			return new Unknown("timeout", null);
		});
		assertThat(byHand().dismiss(sale(), STATEMENT)).isEqualTo(Result.SETTLED);
		assertThat(claim().state()).isEqualTo(ClaimState.SETTLED);
		assertThat(last().note()).isNull();
	}

	@Test
	void whenTheOutcomeIsKnownThenThereIsNothingToDecide() {
		this.store.advance(claim(), Payments.settled(Payments.receipt()));
		this.clock.pass(OVER);
		assertThat(byHand().dismiss(sale(), STATEMENT)).isEqualTo(Result.NOT_FOUND);
		assertThat(byHand().confirm(sale(), Payments.TRANSACTION, STATEMENT)).isEqualTo(Result.NOT_FOUND);
		assertThat(byHand().reconcile("nothing")).isEqualTo(Result.NOT_FOUND);
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "  ", "two\nlines", "\u0000" })
	void whenAStatementSaysNothingThenItIsNone(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> new Statement("alice", text));
		assertThatIllegalArgumentException().isThrownBy(() -> new Statement(text, "reason"));
	}

	@Test
	void whenAStatementIsTooLongThenItIsNone() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Statement("alice", "x".repeat(401)));
		assertThat(new Statement("a".repeat(100), "x".repeat(400)).toString()).hasSizeLessThanOrEqualTo(512);
	}

	private ManualReconciliation byHand(SettlementProbe... probes) {
		return this.processor.byHand(List.of(probes), TIMEOUT);
	}

	private PaymentDecision process() {
		return process(this.payment);
	}

	private PaymentDecision process(PaymentPayload payload) {
		return this.processor.process(Payments.TERMS, payload, Payments.request("request"));
	}

	private static ReasonCode reason(PaymentDecision decision) {
		return ((Refused) decision).refusal().reason();
	}

	private Claim claim() {
		Claim claim = this.store.find(Payments.key(this.payment));
		assertThat(claim).isNotNull();
		return claim;
	}

	private String sale() {
		return this.ledger.find(LedgerQuery.all(1)).get(0).sale();
	}

	private LedgerEntry last() {
		return this.ledger.latest(LedgerQuery.all(1)).get(0);
	}

}
