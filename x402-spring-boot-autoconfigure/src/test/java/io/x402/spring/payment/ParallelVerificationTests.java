/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.TrustedPayers;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentDecision.Refused;
import io.x402.spring.payment.PaymentProcessorSettings.Verification;
import io.x402.spring.payment.PaymentProcessorSettings.VerificationBudget;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.ResponseRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * With {@link Verification#PARALLEL} a handler runs while its payment is verified, and
 * nothing is settled before that has ended well.
 */
class ParallelVerificationTests {

	private static final RequestIdentity GET = Payments.request("request");

	private final CompletableFuture<VerificationOutcome> outcome = new CompletableFuture<>();

	private final FacilitatorDouble facilitator = new FacilitatorDouble().verifying(this.outcome::join);

	private final Semaphore handlers = new Semaphore(0);

	private final InMemoryPaymentStore store = Payments.store();

	private PaymentProcessor processor = processor(new TrustedPayers(), ParallelVerificationTests::start);

	@AfterEach
	void end() {
		this.outcome.complete(new Unavailable("the test is over"));
	}

	@Test
	void whenThePaymentIsValidThenItIsSettledOnlyOnceThatIsKnown() throws Exception {
		PaymentExchange exchange = accept(1, GET);
		FutureTask<PaymentRefusal> settled = new FutureTask<>(() -> exchange.complete(ResponseRecord.notStored()));
		Thread buyer = start(settled);
		await().until(() -> buyer.getState() == Thread.State.WAITING);
		assertThat(settled).isNotDone();
		assertThat(this.facilitator.settled()).isZero();
		this.outcome.complete(new Valid(Payments.PAYER));
		assertThat(settled.get(10, TimeUnit.SECONDS)).isNull();
		assertThat(this.facilitator.verified()).isOne();
		assertThat(this.facilitator.settled()).isOne();
		assertThat(claim(1).state()).isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenThePaymentIsInvalidThenItIsRefusedForGoodAndNothingIsSettled() {
		PaymentExchange exchange = accept(1, GET);
		this.outcome.complete(new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "insufficient_funds"));
		assertThat(refusal(exchange)).isEqualTo(ReasonCode.INSUFFICIENT_FUNDS);
		assertThat(exchange.isEnded()).isTrue();
		assertThat(this.facilitator.settled()).isZero();
		assertThat(claim(1).state()).isEqualTo(ClaimState.DECLINED);
		assertThat(refused(1, GET)).isEqualTo(ReasonCode.PAYMENT_REJECTED);
	}

	@Test
	void whenThePaymentIsInvalidThenAStreamDoesNotBegin() {
		PaymentExchange exchange = accept(1, GET);
		this.outcome.complete(new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "insufficient_funds"));
		PaymentRefusal refusal = exchange.settleAhead();
		assertThat(refusal).isNotNull();
		assertThat(refusal.reason()).isEqualTo(ReasonCode.INSUFFICIENT_FUNDS);
		assertThat(this.facilitator.settled()).isZero();
	}

	@Test
	void whenThePayerIsAnotherOneThenThePaymentIsRefused() {
		PaymentExchange exchange = accept(1, GET);
		this.outcome.complete(new Valid(Payments.SELLER));
		assertThat(refusal(exchange)).isEqualTo(ReasonCode.PAYMENT_REJECTED);
		assertThat(this.facilitator.settled()).isZero();
	}

	@Test
	void whenNothingIsKnownOfThePaymentThenNothingIsSettledAndEachRunCounts() {
		this.outcome.complete(new Unavailable("down"));
		this.processor = processor(new TrustedPayers(), this::later);
		for (int run = 1; run <= 2; run++) {
			assertThat(refusal(accept(1, GET))).isEqualTo(ReasonCode.FACILITATOR_UNAVAILABLE);
			assertThat(claim(1)).returns(ClaimState.ABANDONED, Claim::state).returns(run, Claim::runs);
		}
		assertThat(refusal(accept(1, GET))).isEqualTo(ReasonCode.FACILITATOR_UNAVAILABLE);
		assertThat(refused(1, GET)).isEqualTo(ReasonCode.PAYMENT_ABANDONED);
		assertThat(this.facilitator.settled()).isZero();
	}

	@Test
	void whenAllowanceIsMissingThenTheRunsOfTheHandlerCount() {
		this.outcome.complete(new Invalid(ReasonCode.ALLOWANCE_REQUIRED, "allowance"));
		this.processor = processor(new TrustedPayers(), this::later);
		assertThat(refusal(accept(1, GET))).isEqualTo(ReasonCode.ALLOWANCE_REQUIRED);
		assertThat(claim(1)).returns(ClaimState.ABANDONED, Claim::state).returns(1, Claim::runs);
	}

	@Test
	void whenTheHandlerFailsBeforeThePaymentIsVerifiedThenItsRunCounts() {
		accept(1, GET).abandon(Abandonment.SELLER_FAILURE);
		assertThat(claim(1)).returns(ClaimState.ABANDONED, Claim::state).returns(1, Claim::runs);
	}

	@Test
	void whenTheHandlerDoesNotRunThenThePaymentIsFree() {
		accept(1, GET).abandon(Abandonment.NOT_RUN);
		assertThat(this.store.find(Payments.key(Payments.payment(1)))).isNull();
	}

	@Test
	void whenTheRequestIsNotSafeThenItIsVerifiedBeforeItsHandlerRuns() {
		this.outcome.complete(new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "insufficient_funds"));
		this.processor = processor(new TrustedPayers(), this::later);
		assertThat(refused(1, new RequestIdentity("POST /goods", "request", false)))
			.isEqualTo(ReasonCode.INSUFFICIENT_FUNDS);
	}

	@Test
	void whenNothingProvesThePayerThenThePaymentIsVerifiedBeforeItsHandlerRuns() {
		this.outcome.complete(new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "insufficient_funds"));
		this.processor = processor((request) -> null, this::later);
		assertThat(refused(1, GET)).isEqualTo(ReasonCode.INSUFFICIENT_FUNDS);
	}

	@Test
	void whenThePaymentIsSettledUpfrontThenItIsVerifiedBefore() {
		this.outcome.complete(new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "insufficient_funds"));
		this.processor = processor(new TrustedPayers(), this::later);
		PaymentRequirements offer = Payments.upfrontOffer();
		PaymentDecision decision = this.processor.process(Payments.offers(offer),
				Payments.payment(offer, Map.copyOf(Payments.authorization(1))), GET);
		assertThat(decision).isInstanceOf(Refused.class);
		assertThat(this.facilitator.settled()).isZero();
	}

	@Test
	void whenNoThreadIsLeftThenThePaymentIsVerifiedBeforeItsHandlerRuns() {
		this.outcome.complete(new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "insufficient_funds"));
		this.processor = processor(new TrustedPayers(), (task) -> {
			throw new RejectedExecutionException();
		});
		assertThat(refused(1, GET)).isEqualTo(ReasonCode.INSUFFICIENT_FUNDS);
	}

	@Test
	void whenAPayerHasSentTooMuchThatIsInvalidThenNoMoreHandlersRunForIt() {
		this.outcome.complete(new Invalid(ReasonCode.INSUFFICIENT_FUNDS, "insufficient_funds"));
		this.processor = processor(new TrustedPayers(), this::later);
		assertThat(refusal(accept(1, GET))).isEqualTo(ReasonCode.INSUFFICIENT_FUNDS);
		assertThat(refusal(accept(2, GET))).isEqualTo(ReasonCode.INSUFFICIENT_FUNDS);
		assertThat(refused(3, GET)).isEqualTo(ReasonCode.VERIFICATION_LIMIT);
		assertThat(this.facilitator.verified()).isEqualTo(2);
	}

	private static Thread start(Runnable task) {
		Thread thread = new Thread(task, "test");
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	/**
	 * A verification that is not over before its handler has run, however fast it is.
	 */
	private void later(Runnable task) {
		start(() -> {
			this.handlers.acquireUninterruptibly();
			task.run();
		});
	}

	private ReasonCode refusal(PaymentExchange exchange) {
		this.handlers.release();
		PaymentRefusal refusal = exchange.complete(ResponseRecord.notStored());
		assertThat(refusal).isNotNull();
		return refusal.reason();
	}

	private PaymentExchange accept(int nonce, RequestIdentity request) {
		PaymentDecision decision = process(nonce, request);
		assertThat(decision).isInstanceOf(Accepted.class);
		return ((Accepted) decision).exchange();
	}

	private ReasonCode refused(int nonce, RequestIdentity request) {
		PaymentDecision decision = process(nonce, request);
		assertThat(decision).isInstanceOf(Refused.class);
		return ((Refused) decision).refusal().reason();
	}

	private PaymentDecision process(int nonce, RequestIdentity request) {
		return this.processor.process(Payments.TERMS, Payments.payment(nonce), request);
	}

	private Claim claim(int nonce) {
		Claim claim = this.store.find(Payments.key(Payments.payment(nonce)));
		assertThat(claim).isNotNull();
		return claim;
	}

	private PaymentProcessor processor(PayloadCheck check, Executor executor) {
		return PaymentProcessor
			.builder(this.facilitator, this.store, Networks.load(),
					Payments.settings(Duration.ZERO)
						.withVerification(Verification.PARALLEL)
						.withBudget(new VerificationBudget(2, 0, 0)),
					Clock.systemUTC())
			.checks(List.of(check))
			.executor(executor)
			.build();
	}

}
