/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.x402.spring.PaymentFlow;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.TrustedPayers;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Redelivered;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.payment.PaymentProcessorSettings.PaymentIdentifiers;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.UnsettledClaim;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * From a payment to a handler that may run.
 */
class PaymentProcessorTests {

	private static final byte[] ANSWER = { 1, 2, 3 };

	private final FacilitatorDouble facilitator = Payments.facilitator();

	private final StoreDouble store = new StoreDouble();

	private final List<PaymentEvent> events = new ArrayList<>();

	private final List<PayloadCheck> checks = new ArrayList<>(List.of(new TrustedPayers()));

	private boolean verifyUpfront = true;

	private Duration claimWait = Duration.ZERO;

	private Duration window = Duration.ofMinutes(15);

	private PaymentIdentifiers identifiers = PaymentIdentifiers.OPTIONAL;

	private StoredContentCipher cipher = StoredContentCipher.none();

	@Test
	void whenVerifiedThenTheHandlerMayRun() {
		PaymentExchange exchange = accepted(process(1));
		assertThat(exchange.payment().payer()).isEqualTo(Payments.PAYER);
		assertThat(exchange.payment().requirements()).isSameAs(Payments.OFFER);
		assertThat(exchange.receipt()).isNull();
		assertThat(claim(1).state()).isEqualTo(ClaimState.VERIFIED);
		assertThat(this.events).singleElement().isInstanceOf(PaymentEvent.Verified.class);
		assertThat(this.facilitator.settlements()).isEmpty();
	}

	@Test
	void whenNoOfferFitsThenNobodyIsAsked() {
		PaymentPayload payment = Payments.payment(Payments.offer(Map.of("name", "other")), Payments.authorization(1));
		assertRefused(process(payment), ReasonCode.REQUIREMENTS_MISMATCH);
		assertThat(this.store.history()).isEmpty();
		assertThat(this.facilitator.verifications()).isEmpty();
		assertThat(this.events).singleElement()
			.isEqualTo(new PaymentEvent.Refused(Payments.TERMS, ReasonCode.REQUIREMENTS_MISMATCH));
	}

	@Test
	void whenALocalCheckObjectsThenNobodyIsAsked() {
		this.checks.add((request) -> null);
		this.checks.add((request) -> ReasonCode.INVALID_SIGNATURE);
		this.checks.add((request) -> ReasonCode.EXPIRED);
		assertRefused(process(1), ReasonCode.INVALID_SIGNATURE);
		assertThat(this.store.history()).isEmpty();
		assertThat(this.facilitator.verifications()).isEmpty();
	}

	@Test
	void whenSeveralOffersFitAV1PaymentThenTheOneThatPassesTheChecksIsTaken() {
		PaymentRequirements first = Payments.offer(Payments.NETWORK, 10_000, Payments.PAYER, Payments.SELLER, Map.of());
		this.checks.add((request) -> (request.requirements() == first) ? ReasonCode.INVALID_SIGNATURE : null);
		PaymentDecision decision = processor().process(Payments.offers(first, Payments.OFFER), Payments.paymentV1(1),
				Payments.request("request"));
		assertThat(accepted(decision).payment().requirements()).isSameAs(Payments.OFFER);
	}

	@Test
	void whenItCannotBeToldWhatWasSignedThenNobodyIsAsked() {
		PaymentRequirements offer = Payments.offer("solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1", 10_000, Payments.ASSET,
				Payments.SELLER, Map.of());
		PaymentPayload payment = Payments.payment(offer, Map.of("transaction", "AQ AA"));
		assertRefused(processor().process(Payments.offers(offer), payment, Payments.request("request")),
				ReasonCode.UNSUPPORTED_PAYLOAD);
		assertThat(this.facilitator.verifications()).isEmpty();
	}

	@Test
	void whenTheFacilitatorFindsItInvalidThenItsReasonIsPassedOnAndALateCopyIsNotCharged() {
		this.facilitator.verifying(() -> new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "too_poor"));
		PaymentRefusal refusal = assertRefused(process(1), ReasonCode.INSUFFICIENT_FUNDS);
		assertThat(refusal.error()).isEqualTo("too_poor");
		assertThat(refusal.payer()).isEqualTo(Payments.PAYER);
		assertThat(claim(1).state()).isEqualTo(ClaimState.DECLINED);
		this.facilitator.verifying(() -> new Valid(Payments.PAYER));
		assertThat(assertRefused(process(1), ReasonCode.PAYMENT_REJECTED).receipt()).isNull();
		assertThat(this.facilitator.verifications()).hasSize(1);
		assertThat(this.facilitator.settlements()).isEmpty();
	}

	@Test
	void whenNothingProvesWhoSignedThenAnInvalidCopyDoesNotSpoilThePayment() {
		this.checks.clear();
		this.facilitator.verifying(() -> new Invalid(ReasonCode.INVALID_SIGNATURE, "forged"));
		assertRefused(process(1), ReasonCode.INVALID_SIGNATURE);
		this.facilitator.verifying(() -> new Valid(Payments.PAYER));
		accepted(process(1));
	}

	@Test
	void whenAllowanceIsMissingThenTheSamePaymentIsTakenOnceItIsGiven() {
		this.facilitator.verifying(() -> new Invalid(ReasonCode.ALLOWANCE_REQUIRED, "permit2_allowance_required"));
		assertRefused(process(1), ReasonCode.ALLOWANCE_REQUIRED);
		this.facilitator.verifying(() -> new Valid(Payments.PAYER));
		accepted(process(1));
	}

	@Test
	void whenAnInvalidPaymentCannotBeRecordedThenItIsNotRefusedForGood() {
		this.facilitator.verifying(() -> new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "too_poor"));
		this.store.breakingAt(ClaimState.DECLINED);
		PaymentRefusal refusal = assertRefused(process(1), ReasonCode.STORE_UNAVAILABLE);
		assertThat(refusal.retryAfter()).isNotNull();
	}

	@Test
	void whenTheFacilitatorIsUnavailableThenThePaymentIsFree() {
		this.facilitator.verifying(() -> new Unavailable("down"));
		assertThat(assertRefused(process(1), ReasonCode.FACILITATOR_UNAVAILABLE).retryAfter()).isNotNull();
		assertThat(claim(1)).isNull();
	}

	@Test
	void whenTheFacilitatorThrowsOrAnswersNothingThenItIsUnavailable() {
		this.facilitator.verifying(() -> {
			throw new IllegalStateException("boom");
		});
		assertRefused(process(1), ReasonCode.FACILITATOR_UNAVAILABLE);
		this.facilitator.verifying(() -> null);
		assertRefused(process(1), ReasonCode.FACILITATOR_UNAVAILABLE);
		assertThat(claim(1)).isNull();
	}

	@Test
	void whenVerificationFailsWithAnErrorThenThePaymentIsFree() {
		this.facilitator.verifying(() -> {
			throw new NoClassDefFoundError("boom");
		});
		assertThatExceptionOfType(NoClassDefFoundError.class).isThrownBy(() -> process(1));
		assertThat(claim(1)).isNull();
	}

	@Test
	void whenTheFacilitatorVerifiesAnotherPayerThenItIsRefused() {
		this.facilitator.verifying(() -> new Valid(Payments.SELLER));
		assertRefused(process(1), ReasonCode.PAYMENT_REJECTED);
		assertThat(claim(1).state()).isEqualTo(ClaimState.DECLINED);
	}

	@ParameterizedTest
	@EnumSource(names = { "CLAIMED", "VERIFIED" })
	void whenTheStoreIsOutOfReachThenItIsRefused(ClaimState state) {
		this.store.breakingAt(state);
		assertRefused(process(1), ReasonCode.STORE_UNAVAILABLE);
		assertThat(claim(1)).isNull();
		assertThat(this.facilitator.settlements()).isEmpty();
	}

	@Test
	void whenUsedForAnotherRequestThenItIsBound() {
		accepted(process(1)).complete(ResponseRecord.notStored());
		PaymentDecision decision = processor().process(Payments.TERMS, Payments.payment(1),
				Payments.request("another request"));
		assertThat(assertRefused(decision, ReasonCode.PAYMENT_ALREADY_BOUND).receipt()).isNull();
		assertThat(this.facilitator.verifications()).hasSize(1);
	}

	@Test
	void whenInFlightThenItIsInProgress() {
		process(1);
		assertThat(assertRefused(process(1), ReasonCode.PAYMENT_IN_PROGRESS).retryAfter()).isNotNull();
		assertThat(this.facilitator.verifications()).hasSize(1);
	}

	@Test
	void whenTheSellerFailsThenTheSamePaymentRunsTheHandlerAgainAFewTimes() {
		for (int i = 0; i < 3; i++) {
			accepted(process(1)).settlement().abandon(Abandonment.SELLER_FAILURE);
			assertRefused(processor().process(Payments.TERMS, Payments.payment(1), Payments.request("another")),
					ReasonCode.PAYMENT_ALREADY_BOUND);
		}
		assertThat(claim(1)).returns(ClaimState.EXHAUSTED, Claim::state).returns(3, Claim::runs);
		assertThat(assertRefused(process(1), ReasonCode.PAYMENT_ABANDONED).retryAfter()).isNull();
		assertThat(this.facilitator.verifications()).hasSize(3);
		assertThat(this.facilitator.settlements()).isEmpty();
	}

	@Test
	void whenTheSellerFailedThenARepetitionIsChargedOnce() {
		accepted(process(1)).settlement().abandon(Abandonment.SELLER_FAILURE);
		assertThat(accepted(process(1)).complete(ResponseRecord.stored(ANSWER))).isNull();
		assertThat(redelivered(process(1)).response()).isEqualTo(ANSWER);
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenTheBuyerCausedItThenAnUnsafeRequestDoesNotRunAgain() {
		RequestIdentity request = new RequestIdentity("POST /goods", "request", false);
		accepted(processor().process(Payments.TERMS, Payments.payment(1), request)).settlement()
			.abandon(Abandonment.BUYER_CAUSED);
		assertRefused(processor().process(Payments.TERMS, Payments.payment(1), request), ReasonCode.PAYMENT_ABANDONED);
		assertRefused(processor().process(Payments.TERMS, Payments.payment(1), Payments.request("another")),
				ReasonCode.PAYMENT_ALREADY_BOUND);
		assertThat(this.facilitator.settlements()).isEmpty();
	}

	@Test
	void whenTheBuyerCausedItThenASafeRequestRunsAgain() {
		accepted(process(1)).settlement().abandon(Abandonment.BUYER_CAUSED);
		assertThat(accepted(process(1)).complete(ResponseRecord.stored(ANSWER))).isNull();
	}

	@Test
	void whenARepetitionDoesNotRunTheHandlerThenItIsNotCountedAndStaysBound() {
		accepted(process(1)).settlement().abandon(Abandonment.SELLER_FAILURE);
		this.facilitator.verifying(() -> new Unavailable("down"));
		for (int i = 0; i < 5; i++) {
			assertRefused(process(1), ReasonCode.FACILITATOR_UNAVAILABLE);
		}
		assertThat(claim(1)).returns(ClaimState.ABANDONED, Claim::state).returns(1, Claim::runs);
		assertRefused(processor().process(Payments.TERMS, Payments.payment(1), Payments.request("another")),
				ReasonCode.PAYMENT_ALREADY_BOUND);
	}

	@Test
	void whenTheHandlerDidNotRunThenThePaymentIsFree() {
		accepted(process(1)).settlement().abandon(Abandonment.NOT_RUN);
		assertThat(claim(1)).isNull();
		accepted(processor().process(Payments.TERMS, Payments.payment(1), Payments.request("another")));
	}

	@Test
	void whenSettledThenTheAnswerThatWasKeptIsDeliveredAgain() {
		accepted(process(1)).complete(ResponseRecord.stored(ANSWER));
		Redelivered redelivered = redelivered(process(1));
		assertThat(redelivered.response()).isEqualTo(ANSWER);
		assertThat(redelivered.exchange().receipt()).isEqualTo(Payments.receipt());
		assertThat(redelivered(process(1)).response()).isEqualTo(ANSWER);
		assertThat(this.facilitator.verifications()).hasSize(1);
		assertThat(this.facilitator.settlements()).hasSize(1);
		assertThat(this.store.history()).doesNotContain("redelivered");
		redelivered.record().run();
		assertThat(this.store.history()).contains("redelivered");
	}

	@Test
	void whenRedeliveryIsOffThenASettledPaymentIsUsedAndItsReceiptIsRepeated() {
		this.window = Duration.ZERO;
		accepted(process(1)).complete(ResponseRecord.stored(ANSWER));
		assertThat(assertRefused(process(1), ReasonCode.PAYMENT_ALREADY_USED).receipt()).isEqualTo(Payments.receipt());
	}

	@Test
	void whenSettledWithAnotherPayloadThenNothingIsDelivered() {
		accepted(process(1)).complete(ResponseRecord.stored(ANSWER));
		Map<String, Object> resigned = new HashMap<>(Payments.authorization(1));
		resigned.put("signature", "0x" + "11".repeat(65));
		assertRefused(process(Payments.payment(Payments.OFFER, resigned)), ReasonCode.PAYMENT_ALREADY_USED);
	}

	@Test
	void whenTheAnswerWasNotKeptThenASafeRequestRunsAgainAFewTimesForFree() {
		accepted(process(1)).complete(ResponseRecord.notStored());
		for (int i = 0; i < 3; i++) {
			PaymentExchange again = accepted(process(1));
			assertThat(again.receipt()).isEqualTo(Payments.receipt());
			assertThat(again.payment().receipt()).isEqualTo(Payments.receipt());
			assertThat(again.complete(ResponseRecord.notStored())).isNull();
		}
		assertRefused(process(1), ReasonCode.PAYMENT_ALREADY_USED);
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenTheAnswerOfARerunIsKeptThenItIsDeliveredAgain() {
		accepted(process(1)).complete(ResponseRecord.notStored());
		accepted(process(1)).complete(ResponseRecord.stored(ANSWER));
		assertThat(redelivered(process(1)).response()).isEqualTo(ANSWER);
	}

	@Test
	void whenARerunIsGoingOnThenAnotherWaits() {
		accepted(process(1)).complete(ResponseRecord.notStored());
		PaymentExchange again = accepted(process(1));
		assertRefused(process(1), ReasonCode.PAYMENT_IN_PROGRESS);
		again.release();
		accepted(process(1));
	}

	@Test
	void whenAStreamEndsBeforeItIsCompleteThenNothingIsDeliveredAgainFromIt() {
		PaymentExchange exchange = accepted(process(1));
		exchange.settleAhead();
		exchange.delivering();
		exchange.abandon(Abandonment.SELLER_FAILURE);
		accepted(process(1));
	}

	@Test
	void whenAStreamEndsWellThenItIsDeliveredAgain() {
		PaymentExchange exchange = accepted(process(1));
		exchange.settleAhead();
		exchange.delivering();
		exchange.complete(ResponseRecord.stored(ANSWER));
		assertThat(redelivered(process(1)).response()).isEqualTo(ANSWER);
	}

	@Test
	void whenTheAnswerWasNotKeptThenAnUnsafeRequestDoesNotRunAgain() {
		RequestIdentity request = new RequestIdentity("POST /goods", "request", false);
		accepted(processor().process(Payments.TERMS, Payments.payment(1), request))
			.complete(ResponseRecord.notStored());
		assertRefused(processor().process(Payments.TERMS, Payments.payment(1), request),
				ReasonCode.PAYMENT_ALREADY_USED);
	}

	@Test
	void whenTheProcessDiesWhileAnAnswerThatIsNotKeptIsReleasedThenEvenAnUnsafeRequestRunsAgain() {
		RequestIdentity request = new RequestIdentity("POST /goods", "request", false);
		PaymentExchange exchange = accepted(processor().process(Payments.TERMS, Payments.payment(1), request));
		assertThat(exchange.settleAhead()).isNull();
		exchange.delivering();
		assertThat(claim(1).active()).isTrue();
		assertThat(this.store.response(claim(1))).isEqualTo(ResponseRecord.none());
		exchange.abandon(Abandonment.BUYER_CAUSED);
		assertThat(this.store.response(claim(1))).isEqualTo(ResponseRecord.notStored());
		assertRefused(processor().process(Payments.TERMS, Payments.payment(1), request),
				ReasonCode.PAYMENT_ALREADY_USED);
	}

	@Test
	void whenSettledAheadAndNothingWasReleasedThenEvenAnUnsafeRequestRunsAgain() {
		RequestIdentity request = new RequestIdentity("POST /goods", "request", false);
		PaymentExchange exchange = accepted(processor().process(Payments.TERMS, Payments.payment(1), request));
		assertThat(exchange.settleAhead()).isNull();
		exchange.release();
		accepted(processor().process(Payments.TERMS, Payments.payment(1), request));
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenSettledAheadIsDeclinedThenThePaymentStaysDeclined() {
		this.facilitator.declining();
		assertThat(accepted(process(1)).settleAhead()).isNotNull();
		assertRefused(process(1), ReasonCode.SETTLEMENT_DECLINED);
	}

	@Test
	void whenThePriceHasChangedSinceThenWhatWasPaidIsDelivered() {
		accepted(process(1)).complete(ResponseRecord.stored(ANSWER));
		PaymentOffers dearer = Payments
			.offers(Payments.offer(Payments.NETWORK, 20_000, Payments.ASSET, Payments.SELLER, Payments.OFFER.extra()));
		PaymentDecision decision = processor().process(dearer, Payments.payment(1), Payments.request("request"));
		assertThat(redelivered(decision).exchange().payment().amount()).isEqualTo(Payments.OFFER.amount());
		assertRefused(processor().process(dearer, Payments.payment(1), Payments.request("another request")),
				ReasonCode.PAYMENT_ALREADY_BOUND);
		assertRefused(processor().process(dearer, Payments.payment(2), Payments.request("request")),
				ReasonCode.REQUIREMENTS_MISMATCH);
	}

	@Test
	void whenThePriceChangesWhileTheHandlerRunsThenARepetitionIsNotToldToPayAgain() {
		PaymentOffers dearer = Payments
			.offers(Payments.offer(Payments.NETWORK, 20_000, Payments.ASSET, Payments.SELLER, Payments.OFFER.extra()));
		PaymentExchange exchange = accepted(process(1));
		assertRefused(processor().process(dearer, Payments.payment(1), Payments.request("request")),
				ReasonCode.PAYMENT_IN_PROGRESS);
		assertRefused(processor().process(dearer, Payments.payment(1), Payments.request("another request")),
				ReasonCode.PAYMENT_ALREADY_BOUND);
		assertThat(exchange.complete(ResponseRecord.stored(ANSWER))).isNull();
		redelivered(processor().process(dearer, Payments.payment(1), Payments.request("request")));
	}

	@Test
	void whenTheAuthorizationEndsWhileTheHandlerRunsThenARepetitionIsNotToldToPayAgain() {
		PaymentExchange exchange = accepted(process(1));
		this.checks.add((request) -> ReasonCode.EXPIRED);
		assertRefused(process(1), ReasonCode.PAYMENT_IN_PROGRESS);
		exchange.release();
		assertRefused(process(1), ReasonCode.EXPIRED);
	}

	@Test
	void whenTheAuthorizationHasExpiredSinceThenWhatWasPaidIsDelivered() {
		accepted(process(1)).complete(ResponseRecord.stored(ANSWER));
		this.checks.add((request) -> ReasonCode.EXPIRED);
		redelivered(process(1));
		assertRefused(process(2), ReasonCode.EXPIRED);
	}

	@Test
	void whenAPaymentThatWasTakenHasExpiredThenNoOtherRequestIsToldToPayAgain() {
		accepted(process(1)).complete(ResponseRecord.stored(ANSWER));
		this.checks.add((request) -> ReasonCode.EXPIRED);
		assertRefused(processor().process(Payments.TERMS, Payments.payment(1), Payments.request("other")),
				ReasonCode.PAYMENT_ALREADY_BOUND);
		redelivered(process(1));
	}

	@Test
	void whenAPaymentThatWasNotTakenHasExpiredThenAnotherRequestMayPayAgain() {
		PaymentExchange exchange = accepted(process(1));
		this.checks.add((request) -> ReasonCode.EXPIRED);
		PaymentProcessor processor = processor();
		assertRefused(processor.process(Payments.TERMS, Payments.payment(1), Payments.request("other")),
				ReasonCode.PAYMENT_ALREADY_BOUND);
		exchange.release();
		assertRefused(processor.process(Payments.TERMS, Payments.payment(1), Payments.request("other")),
				ReasonCode.EXPIRED);
	}

	@Test
	void whenAV1PaymentHasExpiredSinceThenWhatWasPaidIsDelivered() {
		accepted(process(Payments.paymentV1(1))).complete(ResponseRecord.stored(ANSWER));
		this.checks.add((request) -> ReasonCode.EXPIRED);
		redelivered(process(Payments.paymentV1(1)));
	}

	@Test
	void whenTheSignatureIsInvalidThenNobodyLooksForWhatWasPaid() {
		accepted(process(1)).complete(ResponseRecord.stored(ANSWER));
		this.checks.add((request) -> ReasonCode.INVALID_SIGNATURE);
		assertRefused(process(1), ReasonCode.INVALID_SIGNATURE);
	}

	@Test
	void whenSettlementWasNeverSentThenARepetitionSettlesWithoutTheHandler() {
		this.facilitator.settling(Payments::neverSent);
		assertThat(accepted(process(1)).complete(ResponseRecord.stored(ANSWER)).reason())
			.isEqualTo(ReasonCode.FACILITATOR_UNAVAILABLE);
		assertThat(claim(1).state()).isEqualTo(ClaimState.EXECUTED);
		assertRefused(process(1), ReasonCode.FACILITATOR_UNAVAILABLE);
		assertThat(claim(1).state()).isEqualTo(ClaimState.EXECUTED);
		this.facilitator.settling(() -> new SettlementOutcome.Settled(Payments.receipt()));
		assertThat(redelivered(process(1)).response()).isEqualTo(ANSWER);
		assertThat(redelivered(process(1)).response()).isEqualTo(ANSWER);
		assertThat(this.facilitator.verifications()).hasSize(1);
		assertThat(this.facilitator.settlements()).hasSize(3);
	}

	@Test
	void whenSettlementWasNotExecutedAndTheAnswerIsNotKeptThenTheHandlerMayRunAgain() {
		this.facilitator.settling(Payments::neverSent);
		accepted(process(1)).complete(ResponseRecord.notStored());
		assertThat(claim(1)).returns(ClaimState.ABANDONED, Claim::state).returns(1, Claim::runs);
		this.facilitator.settling(() -> new SettlementOutcome.Settled(Payments.receipt()));
		assertThat(accepted(process(1)).complete(ResponseRecord.stored(ANSWER))).isNull();
		assertThat(redelivered(process(1)).response()).isEqualTo(ANSWER);
	}

	@Test
	void whenSettlementOfLessThanThePriceWasNeverSentThenTheHandlerRunsAgain() {
		this.facilitator.settling(Payments::neverSent);
		PaymentRequirements upto = new PaymentRequirements("upto", Payments.NETWORK, Payments.OFFER.amount(),
				Payments.ASSET, Payments.SELLER, 60, Map.of());
		PaymentPayload payment = Payments.payment(upto, Payments.authorization(1));
		PaymentOffers offers = Payments.offers(upto);
		PaymentExchange exchange = accepted(processor().process(offers, payment, Payments.request("request")));
		exchange.payment().chargeAtomic(BigInteger.TEN);
		assertThat(exchange.complete(ResponseRecord.stored(ANSWER)).reason())
			.isEqualTo(ReasonCode.FACILITATOR_UNAVAILABLE);
		assertThat(claim(1)).returns(ClaimState.ABANDONED, Claim::state).returns(1, Claim::runs);
		PaymentExchange again = accepted(processor().process(offers, payment, Payments.request("request")));
		again.payment().chargeAtomic(BigInteger.TWO);
		again.complete(ResponseRecord.stored(ANSWER));
		assertThat(this.facilitator.settlements()).extracting((request) -> request.requirements().amount())
			.containsExactly(BigInteger.TEN, BigInteger.TWO);
		assertThat(this.facilitator.settlements()).extracting((request) -> request.accepted().amount())
			.containsOnly(upto.amount());
	}

	@Test
	void whenTheHandlerOfAnUpfrontPaymentFailsThenItMayRunAgain() {
		PaymentExchange exchange = accepted(processUpfront());
		assertRefused(processUpfront(), ReasonCode.PAYMENT_IN_PROGRESS);
		exchange.release();
		PaymentExchange again = accepted(processUpfront());
		assertThat(again.complete(ResponseRecord.stored(ANSWER))).isNull();
		assertThat(redelivered(processUpfront()).response()).isEqualTo(ANSWER);
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenAnIdentifierIsUsedForAnotherPaymentThenThatIsRefused() {
		accepted(process(identified(1, "order-0123456789abc"))).complete(ResponseRecord.stored(ANSWER));
		assertRefused(process(identified(2, "order-0123456789abc")), ReasonCode.PAYMENT_IDENTIFIER_CONFLICT);
		assertThat(claim(2)).isNull();
		assertThat(this.facilitator.verifications()).hasSize(1);
		redelivered(process(identified(1, "order-0123456789abc")));
		accepted(process(identified(2, "order-0123456789abd")));
	}

	@Test
	void whenAPaymentWasReleasedThenItsIdentifierIsFree() {
		accepted(process(identified(1, "order-0123456789abc"))).release();
		accepted(process(identified(2, "order-0123456789abc")));
	}

	@Test
	void whenARequestFailedBeforeItsIdentifierWasBoundThenItsRepetitionBindsIt() {
		this.store.breakingAt(ClaimState.BOUND);
		assertRefused(process(identified(1, "order-0123456789abc")), ReasonCode.STORE_UNAVAILABLE);
		this.store.repair();
		accepted(process(identified(1, "order-0123456789abc")));
		assertThat(this.store.history()).filteredOn(ClaimState.BOUND.name()::equals).hasSize(2);
	}

	@Test
	void whenAnIdentifierIsMalformedThenThePaymentIsRefused() {
		assertRefused(process(identified(1, "short")), ReasonCode.INVALID_PAYMENT_IDENTIFIER);
		assertThat(claim(1)).isNull();
	}

	@Test
	void whenAnIdentifierIsRequiredThenAPaymentWithoutIsRefused() {
		this.identifiers = PaymentIdentifiers.REQUIRED;
		assertRefused(process(1), ReasonCode.PAYMENT_IDENTIFIER_REQUIRED);
		accepted(process(identified(1, "order-0123456789abc")));
	}

	@Test
	void whenWhatIsKeptIsEncryptedThenTheStoreSeesNothingAndTheBuyerGetsIt() {
		this.cipher = StoredContentCipher.withKey(new byte[32]);
		accepted(process(1)).complete(ResponseRecord.stored(ANSWER));
		assertThat(this.store.response(claim(1))).isInstanceOf(ResponseRecord.Stored.class)
			.isNotEqualTo(ResponseRecord.stored(ANSWER));
		assertThat(redelivered(process(1)).response()).isEqualTo(ANSWER);
		this.cipher = StoredContentCipher.withKey(new byte[16]);
		assertRefused(process(1), ReasonCode.STORE_UNAVAILABLE);
	}

	private static PaymentPayload identified(int nonce, String identifier) {
		return new PaymentPayload.V2(2, null, Payments.json(Payments.OFFER), Payments.authorization(nonce),
				Map.of("payment-identifier", Map.of("info", Map.of("required", false, "id", identifier))));
	}

	private static Redelivered redelivered(PaymentDecision decision) {
		assertThat(decision).isInstanceOf(Redelivered.class);
		return (Redelivered) decision;
	}

	@Test
	void whenUnknownThenItStaysPending() {
		this.facilitator.settling(() -> new SettlementOutcome.Unknown("timeout", null));
		accepted(process(1)).complete(ResponseRecord.notStored());
		assertRefused(process(1), ReasonCode.SETTLEMENT_PENDING);
		assertThat(this.facilitator.settlements()).hasSize(1);
	}

	@Test
	void whenDeclinedThenItStaysDeclined() {
		SettlementResponse failure = SettlementResponse.failure("no_money", Payments.NETWORK, Payments.PAYER);
		this.facilitator.settling(() -> new SettlementOutcome.Declined(ReasonCode.INSUFFICIENT_FUNDS, failure));
		accepted(process(1)).complete(ResponseRecord.notStored());
		assertThat(assertRefused(process(1), ReasonCode.SETTLEMENT_DECLINED).receipt()).isEqualTo(failure);
	}

	@Test
	void whenReleasedThenItCanBeUsedForAnyRequest() {
		accepted(process(1)).release();
		accepted(processor().process(Payments.TERMS, Payments.payment(1), Payments.request("another request")));
	}

	@Test
	void whenTheOtherRequestEndsInTimeThenItsRepetitionGoesOn() throws InterruptedException {
		this.claimWait = Duration.ofSeconds(10);
		PaymentExchange first = accepted(process(1));
		Thread releasing = new Thread(() -> {
			LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
			first.release();
		});
		releasing.start();
		accepted(process(1));
		releasing.join();
	}

	@Test
	void whenTheEndOfTheOtherRequestIsSeenBeforeItHasEndedThenItsRepetitionGoesOnOnceItHas() throws Exception {
		this.claimWait = Duration.ofMinutes(1);
		CountDownLatch recorded = new CountDownLatch(1);
		CountDownLatch seen = new CountDownLatch(1);
		PaymentProcessor processor = processor(new DelegatingPaymentStore(this.store) {

			@Override
			public Claim advance(Claim claim, ClaimChange change) {
				Claim advanced = super.advance(claim, change);
				if (advanced.state() == ClaimState.SETTLED && !advanced.active()) {
					recorded.countDown();
					passed(seen);
				}
				return advanced;
			}

		});
		PaymentExchange first = accepted(process(processor));
		assertThat(first.settleAhead()).isNull();
		Thread ending = new Thread(() -> first.complete(ResponseRecord.notStored()));
		ending.start();
		recorded.await();
		FutureTask<PaymentDecision> repetition = new FutureTask<>(() -> process(processor));
		Thread repeating = new Thread(repetition);
		repeating.start();
		await().until(repeating::getState, Thread.State.TIMED_WAITING::equals);
		seen.countDown();
		accepted(repetition.get(30, TimeUnit.SECONDS)).release();
		ending.join();
	}

	private static void passed(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static PaymentDecision process(PaymentProcessor processor) {
		return processor.process(Payments.TERMS, Payments.payment(1), Payments.request("request"));
	}

	@Test
	void whenTheStoreNeverTellsWhoHasTheClaimThenItIsInProgress() {
		PaymentStore confused = new PaymentStore() {

			@Override
			public Claim claim(NewClaim claim) {
				return null;
			}

			@Override
			public Claim find(AuthorizationKey key) {
				return null;
			}

			@Override
			public Claim advance(Claim claim, ClaimChange change) {
				throw new PaymentStoreException("No claim");
			}

			@Override
			public void release(Claim claim, String reason) {
			}

			@Override
			public ResponseRecord response(Claim claim) {
				return ResponseRecord.none();
			}

			@Override
			public void redelivered(Claim claim) {
			}

			@Override
			public List<UnsettledClaim> takeUnsettled(int limit, Duration hold) {
				return List.of();
			}

			@Override
			public UnsettledClaim takeUnsettled(String sale, Duration hold) {
				return null;
			}

			@Override
			public Collection<Claim> renew(Collection<Claim> claims) {
				return List.of();
			}

			@Override
			public Duration lease() {
				return Duration.ofMinutes(1);
			}

		};
		CompletableFuture<PaymentDecision> decision = CompletableFuture.supplyAsync(
				() -> processor(confused).process(Payments.TERMS, Payments.payment(1), Payments.request("request")));
		assertRefused(decision.orTimeout(10, TimeUnit.SECONDS).join(), ReasonCode.PAYMENT_IN_PROGRESS);
	}

	@Test
	void whenUpfrontThenItIsVerifiedBeforeItIsSettled() {
		this.facilitator.verifying(() -> new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "too_poor"));
		assertRefused(processUpfront(), ReasonCode.INSUFFICIENT_FUNDS);
		assertThat(this.facilitator.settlements()).isEmpty();
		assertThat(claim(1).state()).isEqualTo(ClaimState.DECLINED);
		this.facilitator.verifying(() -> new Valid(Payments.PAYER));
		assertRefused(processUpfront(), ReasonCode.PAYMENT_REJECTED);
		assertThat(this.facilitator.settlements()).isEmpty();
	}

	@Test
	void whenUpfrontIsNotVerifiedThenItIsSettledOnly() {
		this.verifyUpfront = false;
		PaymentExchange exchange = accepted(processUpfront());
		assertThat(exchange.receipt()).isEqualTo(Payments.receipt());
		assertThat(exchange.payment().receipt()).isEqualTo(Payments.receipt());
		assertThat(exchange.payment().flow()).isEqualTo(PaymentFlow.UPFRONT);
		assertThat(this.facilitator.verifications()).isEmpty();
		assertThat(this.facilitator.settlements()).hasSize(1);
		exchange.release();
		assertThat(exchange.complete(ResponseRecord.notStored())).isNull();
		assertThat(this.facilitator.settlements()).hasSize(1);
		assertThat(claim(1).state()).isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenUpfrontIsDeclinedThenTheHandlerMustNotRun() {
		SettlementResponse failure = SettlementResponse.failure("no_money", Payments.NETWORK, Payments.PAYER);
		this.facilitator.settling(() -> new SettlementOutcome.Declined(ReasonCode.INSUFFICIENT_FUNDS, failure));
		assertThat(assertRefused(processUpfront(), ReasonCode.INSUFFICIENT_FUNDS).receipt()).isEqualTo(failure);
		assertThat(claim(1).state()).isEqualTo(ClaimState.DECLINED);
	}

	@Test
	void whenUpfrontIsUnknownThenTheHandlerMustNotRun() {
		this.facilitator.settling(() -> new SettlementOutcome.Unknown("timeout", Payments.TRANSACTION));
		PaymentRefusal refusal = assertRefused(processUpfront(), ReasonCode.SETTLEMENT_PENDING);
		assertThat(refusal.transaction()).isEqualTo(Payments.TRANSACTION);
		assertThat(claim(1).state()).isEqualTo(ClaimState.PENDING);
	}

	@Test
	void whenOfferedInBothFlowsThenTheBuyersChoiceCounts() {
		PaymentOffers offers = Payments.offers(Payments.OFFER, Payments.upfrontOffer());
		PaymentPayload upfront = Payments.payment(Payments.upfrontOffer(), Payments.authorization(1));
		assertThat(accepted(processor().process(offers, upfront, Payments.request("request"))).payment().flow())
			.isEqualTo(PaymentFlow.UPFRONT);
		assertThat(accepted(processor().process(offers, Payments.payment(2), Payments.request("request"))).payment()
			.flow()).isEqualTo(PaymentFlow.AUTHORIZATION);
	}

	private PaymentDecision process(int nonce) {
		return process(Payments.payment(nonce));
	}

	private PaymentDecision process(PaymentPayload payment) {
		return processor().process(Payments.TERMS, payment, Payments.request("request"));
	}

	private PaymentDecision processUpfront() {
		return processor().process(Payments.offers(Payments.upfrontOffer()),
				Payments.payment(Payments.upfrontOffer(), Payments.authorization(1)), Payments.request("request"));
	}

	private PaymentProcessor processor() {
		return processor(this.store);
	}

	private PaymentProcessor processor(PaymentStore store) {
		return PaymentProcessor
			.builder(this.facilitator, store, Networks.load(),
					new PaymentProcessorSettings(this.claimWait, Duration.ofMinutes(15), this.window, 3,
							this.identifiers)
						.withVerifyUpfront(this.verifyUpfront),
					Clock.systemUTC())
			.checks(this.checks)
			.listeners(List.of(this.events::add))
			.cipher(this.cipher)
			.build();
	}

	private Claim claim(int nonce) {
		return this.store.find(Payments.key(Payments.payment(nonce)));
	}

	private static PaymentExchange accepted(PaymentDecision decision) {
		assertThat(decision).isInstanceOf(Accepted.class);
		return ((Accepted) decision).exchange();
	}

	private static PaymentRefusal assertRefused(PaymentDecision decision, ReasonCode reason) {
		assertThat(decision).isInstanceOf(Refused.class);
		PaymentRefusal refusal = ((Refused) decision).refusal();
		assertThat(refusal.reason()).isEqualTo(reason);
		return refusal;
	}

	@Test
	void whenAnotherHandlerSpellsAddressesDifferentlyThenThePaymentCoversItAllTheSame() {
		PaymentDecision decision = processor().process(Payments.TERMS, Payments.payment(1),
				Payments.request("request"));
		PaymentExchange exchange = ((PaymentDecision.Accepted) decision).exchange();
		assertThat(exchange.covers(Payments
			.offers(offer(10_000, Payments.ASSET.toLowerCase(Locale.ROOT), Payments.SELLER.toLowerCase(Locale.ROOT)))))
			.isTrue();
		assertThat(exchange.covers(Payments.offers(offer(10_001, Payments.ASSET, Payments.SELLER)))).isFalse();
		assertThat(exchange.covers(Payments.offers(offer(10_000, Payments.SELLER, Payments.SELLER)))).isFalse();
		assertThat(exchange.covers(Payments.offers(offer(10_000, Payments.ASSET, Payments.ASSET)))).isFalse();
	}

	private static PaymentRequirements offer(long amount, String asset, String payTo) {
		return Payments.offer(Payments.NETWORK, amount, asset, payTo, Map.of());
	}

}
