/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.x402.spring.facilitator.ReceiptJudge;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.SettlementOutcome.Declined;
import io.x402.spring.facilitator.SettlementOutcome.Unknown;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentProcessorSettings.PaymentIdentifiers;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.StaleClaimException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Each step is recorded before the next, and no failure around the money changes what is
 * known about it.
 */
class SettlementTests {

	private final FacilitatorDouble facilitator = Payments.facilitator();

	private final StoreDouble store = new StoreDouble();

	private final List<PaymentEvent> events = new ArrayList<>();

	private final Settler settler = new Settler(this.facilitator, this.store, new ReceiptJudge(Networks.load()));

	@Test
	void whenSettledThenTheIntentionWasRecordedFirst() {
		List<String> before = new ArrayList<>();
		this.facilitator.settling(() -> {
			before.addAll(this.store.history());
			return new SettlementOutcome.Settled(Payments.receipt());
		});
		PaymentExchange exchange = exchange();
		assertThat(exchange.complete(ResponseRecord.notStored())).isNull();
		assertThat(before).containsExactly("CLAIMED", "VERIFIED", "SETTLING");
		assertThat(this.store.history()).last().isEqualTo("SETTLED");
		assertThat(exchange.receipt()).isEqualTo(Payments.receipt());
		assertThat(claim().receipt()).isEqualTo(Payments.receipt());
		assertThat(this.events).singleElement().isInstanceOf(PaymentEvent.Settled.class);
	}

	@Test
	void whenTheIntentionCannotBeRecordedThenNothingIsSettled() {
		this.store.breakingAt(ClaimState.SETTLING);
		PaymentRefusal refusal = exchange().complete(ResponseRecord.notStored());
		assertThat(refusal.reason()).isEqualTo(ReasonCode.STORE_UNAVAILABLE);
		assertThat(this.facilitator.settlements()).isEmpty();
		assertThat(claim()).returns(ClaimState.ABANDONED, Claim::state).returns(1, Claim::runs);
	}

	@Test
	void whenASettlementCannotBeRecordedThenNothingIsReleasedUntilItIs() {
		this.store.breakingAt(ClaimState.SETTLED);
		PaymentExchange exchange = exchange();
		PaymentRefusal refusal = exchange.complete(ResponseRecord.notStored());
		assertThat(refusal.reason()).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
		assertThat(refusal.transaction()).isEqualTo(Payments.TRANSACTION);
		assertThat(exchange.receipt()).isNull();
		assertThat(claim().state()).isEqualTo(ClaimState.SETTLING);
		this.settler.recordUnrecorded();
		assertThat(claim().state()).isEqualTo(ClaimState.SETTLING);
		assertThat(this.events).isEmpty();
		this.store.repair();
		this.settler.recordUnrecorded();
		assertThat(claim().state()).isEqualTo(ClaimState.SETTLED);
		assertThat(claim().receipt()).isEqualTo(Payments.receipt());
		assertThat(this.events).singleElement().isInstanceOf(PaymentEvent.Settled.class);
	}

	@Test
	void whenADeclineCannotBeRecordedThenItIsNotCalledAFailureYet() {
		this.store.breakingAt(ClaimState.DECLINED);
		this.facilitator.declining();
		assertThat(exchange().complete(ResponseRecord.notStored()).reason()).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
		this.store.repair();
		this.settler.recordUnrecorded();
		assertThat(claim().state()).isEqualTo(ClaimState.DECLINED);
	}

	@Test
	void whenOneOutcomeStillCannotBeRecordedThenTheOthersDoNotKeepTheLeasesWaiting() {
		this.facilitator.settling(() -> new SettlementOutcome.Settled(
				SettlementResponse.success(nextTransaction(), Payments.NETWORK, Payments.PAYER)));
		this.store.breakingAt(ClaimState.SETTLED);
		for (int nonce = 1; nonce <= 3; nonce++) {
			exchange(nonce).complete(ResponseRecord.notStored());
		}
		this.store.history().clear();
		this.settler.recordUnrecorded();
		assertThat(this.store.history()).containsExactly("SETTLED");
		this.store.repair();
		this.settler.recordUnrecorded();
		assertThat(this.events).filteredOn(PaymentEvent.Settled.class::isInstance).hasSize(3);
	}

	private String nextTransaction() {
		return "0x%064x".formatted(this.facilitator.settlements().size());
	}

	@Test
	void whenTheAnswerOfTheStoreIsLostThenTheSettlementCounts() {
		StoreDouble deaf = this.store.losingAnswersAt(ClaimState.SETTLED);
		PaymentExchange exchange = exchange();
		assertThat(exchange.complete(ResponseRecord.notStored())).isNull();
		assertThat(exchange.receipt()).isEqualTo(Payments.receipt());
		assertThat(deaf.find(key(1)).state()).isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenTheAnswerToTheIntentionIsLostThenNothingIsSettledAndTheHandlerMayRunAgain() {
		this.store.losingAnswersAt(ClaimState.SETTLING);
		assertThat(exchange().complete(ResponseRecord.notStored()).reason()).isEqualTo(ReasonCode.STORE_UNAVAILABLE);
		assertThat(this.facilitator.settlements()).isEmpty();
		assertThat(claim()).returns(ClaimState.ABANDONED, Claim::state).returns(1, Claim::runs);
	}

	@Test
	void whenDeclinedThenTheReceiptIsKept() {
		SettlementResponse failure = SettlementResponse.failure("no_money", Payments.NETWORK, Payments.PAYER);
		this.facilitator.settling(() -> new Declined(ReasonCode.INSUFFICIENT_FUNDS, failure));
		PaymentRefusal refusal = exchange().complete(ResponseRecord.notStored());
		assertThat(refusal.reason()).isEqualTo(ReasonCode.INSUFFICIENT_FUNDS);
		assertThat(refusal.error()).isEqualTo("no_money");
		assertThat(refusal.receipt()).isEqualTo(failure);
		assertThat(claim().state()).isEqualTo(ClaimState.DECLINED);
		assertThat(claim().receipt()).isEqualTo(failure);
		assertThat(this.events).singleElement().isInstanceOf(PaymentEvent.Declined.class);
	}

	@Test
	void whenSettlementWasNotExecutedThenTheHandlerMayRunAgain() {
		this.facilitator.settling(Payments::neverSent);
		PaymentRefusal refusal = exchange().complete(ResponseRecord.notStored());
		assertThat(refusal.reason()).isEqualTo(ReasonCode.FACILITATOR_UNAVAILABLE);
		assertThat(refusal.receipt()).isNull();
		assertThat(refusal.retryAfter()).isNotNull();
		assertThat(claim()).returns(ClaimState.ABANDONED, Claim::state).returns(1, Claim::runs);
	}

	@Test
	void whenUnknownThenTheClaimStaysPendingAndTheTransactionIsTold() {
		this.facilitator.settling(() -> new Unknown("timeout", Payments.TRANSACTION));
		assertPending(exchange().complete(ResponseRecord.notStored()));
		assertThat(this.events).singleElement().isInstanceOf(PaymentEvent.Unknown.class);
	}

	@Test
	void whenTheTransactionSettledAnotherPaymentThenItIsUnknown() {
		assertThat(exchange(1).complete(ResponseRecord.notStored())).isNull();
		PaymentRefusal refusal = exchange(2).complete(ResponseRecord.notStored());
		assertThat(refusal.reason()).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
		assertThat(this.store.find(key(2)).state()).isEqualTo(ClaimState.PENDING);
		assertThat(this.events).last().isInstanceOf(PaymentEvent.Unknown.class);
	}

	@Test
	void whenTheFacilitatorThrowsThenItIsUnknown() {
		this.facilitator.settling(() -> {
			throw new IllegalStateException("boom");
		});
		assertPending(exchange().complete(ResponseRecord.notStored()));
	}

	@Test
	void whenTheFacilitatorFailsWithAnErrorThenItIsUnknown() {
		this.facilitator.settling(() -> {
			throw new NoClassDefFoundError("boom");
		});
		assertPending(exchange().complete(ResponseRecord.notStored()));
	}

	@Test
	void whenTheFacilitatorAnswersNothingThenItIsUnknown() {
		this.facilitator.settling(() -> null);
		assertPending(exchange().complete(ResponseRecord.notStored()));
	}

	@Test
	void whenAListenerFailsThenTheOutcomeStays() {
		PaymentListener failing = (event) -> {
			throw new AssertionError("boom");
		};
		PaymentExchange exchange = exchange(1, new PaymentListeners(List.of(failing, this.events::add)));
		assertThat(exchange.complete(ResponseRecord.notStored())).isNull();
		assertThat(claim().state()).isEqualTo(ClaimState.SETTLED);
		assertThat(this.events).hasSize(1);
	}

	@Test
	void whenSettledTwiceThenMoneyMovesOnce() {
		PaymentExchange exchange = exchange();
		exchange.complete(ResponseRecord.notStored());
		assertThat(exchange.complete(ResponseRecord.notStored())).isNull();
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenDeclinedThenItIsNotSettledAgain() {
		this.facilitator.settling(() -> new Unknown("timeout", null));
		PaymentExchange exchange = exchange();
		exchange.complete(ResponseRecord.notStored());
		assertThatIllegalStateException().isThrownBy(() -> exchange.complete(ResponseRecord.notStored()));
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenReleasedThenItCannotBeSettled() {
		PaymentExchange exchange = exchange();
		exchange.release();
		assertThat(claim()).isNull();
		assertThatIllegalStateException().isThrownBy(() -> exchange.complete(ResponseRecord.notStored()));
		assertThat(this.facilitator.settlements()).isEmpty();
	}

	@Test
	void whenSettledThenReleasingChangesNothing() {
		PaymentExchange exchange = exchange();
		exchange.complete(ResponseRecord.notStored());
		exchange.release();
		assertThat(claim().state()).isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenUnknownThenReleasingChangesNothing() {
		this.facilitator.settling(() -> new Unknown("timeout", null));
		PaymentExchange exchange = exchange();
		exchange.complete(ResponseRecord.notStored());
		exchange.release();
		assertThat(claim().state()).isEqualTo(ClaimState.PENDING);
	}

	@Test
	void whenTheIntentionIsTakenWhileItIsUndoneThenItIsNotLeft() {
		Claim before = this.store.claim(Payments.claim(key(1)));
		PaymentStore late = new DelegatingPaymentStore(this.store) {

			private boolean taken;

			@Override
			public void release(Claim claim, String reason) {
				if (!this.taken) {
					this.taken = true;
					super.advance(claim, ClaimChange.settling(new byte[] { 1 }, ResponseRecord.none()));
				}
				super.release(claim, reason);
			}

		};
		Settler settler = new Settler(this.facilitator, late, new ReceiptJudge(Networks.load()));
		assertThat(settler.undo(before, Settler.Back.release("reason"))).as("certain that nothing is left").isFalse();
		settler.recordUnrecorded();
		assertThat(claim()).isNull();
	}

	@Test
	void whenAnotherRequestHasClaimedThePaymentMeanwhileThenNothingOfItIsUndone() {
		Claim before = this.store.claim(Payments.claim(key(1)));
		Claim other = anotherAfter(before);
		assertThat(this.settler.undo(before, Settler.Back.to(ClaimChange.executed("reason")))).isTrue();
		assertThat(claim()).isEqualTo(other);
	}

	@Test
	void whenAnotherRequestHasClaimedThePaymentMeanwhileThenItIsNotDeclined() {
		Claim lost = this.store.advance(this.store.claim(Payments.claim(key(1))),
				ClaimChange.settling(new byte[] { 1 }, ResponseRecord.none()));
		Claim other = anotherAfter(lost);
		ClaimChange declined = ClaimChange.declined("reason",
				SettlementResponse.failure("reason", Payments.NETWORK, Payments.PAYER));
		assertThatExceptionOfType(StaleClaimException.class).isThrownBy(() -> this.settler.record(lost, declined));
		this.settler.recordLater(lost, declined, () -> this.events.clear());
		this.settler.recordUnrecorded();
		assertThat(claim()).isEqualTo(other);
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenAClaimWasDeclinedMeanwhileThenItsSettlementIsToldTheSellerOnce(CapturedOutput output) {
		PaymentExchange exchange = exchange();
		this.facilitator.settling(() -> {
			this.store.advance(claim(), ClaimChange.declined("expired",
					SettlementResponse.failure("expired", Payments.NETWORK, Payments.PAYER)));
			return new SettlementOutcome.Settled(Payments.receipt());
		});
		assertThat(exchange.complete(ResponseRecord.notStored()).reason()).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
		this.settler.recordUnrecorded();
		this.settler.recordUnrecorded();
		assertThat(claim().state()).isEqualTo(ClaimState.DECLINED);
		assertThat(output.toString().lines().filter((line) -> line.contains(Payments.TRANSACTION))).singleElement()
			.asString()
			.contains("WARN", Payments.NETWORK, "DECLINED")
			.doesNotContain(Payments.nonce(1));
		assertThat(this.events).isEmpty();
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenAnotherOneRecordsTheSettlementThenThereIsNothingToTell(CapturedOutput output) {
		PaymentExchange exchange = exchange();
		this.facilitator.settling(() -> {
			this.store.advance(claim(), ClaimChange.settled(Payments.receipt(), Duration.ofHours(1), false));
			return new SettlementOutcome.Settled(Payments.receipt());
		});
		exchange.complete(ResponseRecord.notStored());
		this.settler.recordUnrecorded();
		assertThat(output.toString()).doesNotContain(Payments.TRANSACTION);
	}

	private Claim anotherAfter(Claim lost) {
		this.store.release(lost, "lost");
		return this.store.advance(this.store.claim(Payments.claim(key(1))),
				ClaimChange.settling(new byte[] { 1 }, ResponseRecord.none()));
	}

	private void assertPending(PaymentRefusal refusal) {
		assertThat(refusal.reason()).isEqualTo(ReasonCode.SETTLEMENT_PENDING);
		assertThat(refusal.receipt()).isNull();
		assertThat(refusal.retryAfter()).isNotNull();
		assertThat(claim().state()).isEqualTo(ClaimState.PENDING);
	}

	private Claim claim() {
		return this.store.find(key(1));
	}

	private static AuthorizationKey key(int nonce) {
		return Payments.key(Payments.payment(nonce));
	}

	private PaymentExchange exchange() {
		return exchange(1);
	}

	private PaymentExchange exchange(int nonce) {
		return exchange(nonce, this.events::add);
	}

	private PaymentExchange exchange(int nonce, PaymentListener listener) {
		Claim claim = this.store.claim(Payments.claim(key(nonce)));
		StoredContentCipher cipher = StoredContentCipher.none();
		SettlementServices services = new SettlementServices(this.settler, new StoredRequests(cipher), cipher,
				new IdentifierClaims(this.store, PaymentIdentifiers.OFF), listener, Payments.settings(Duration.ZERO));
		Settlement settlement = new Settlement(services, Payments.request(Payments.payment(nonce), Payments.OFFER),
				true, new ClaimHandles(this.store, (key) -> {
				}).hold(claim), null);
		settlement.advance(ClaimChange.verified());
		return new PaymentExchange(settlement, Payments.TERMS,
				new ChargeablePayment(ProtocolVersion.V2, Payments.OFFER, Payments.PAYER, null, null));
	}

}
