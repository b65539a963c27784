/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorException;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Unavailable;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.payment.PaymentProcessorSettings.Verification;
import io.x402.spring.payment.RateLimits.Kind;
import io.x402.spring.payment.VerificationGuard.Question;
import io.x402.spring.payment.VerificationGuard.Source;
import io.x402.spring.protocol.ReasonCode;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Has payments verified by the facilitator, as often as clients and payers may cause it,
 * before their handlers run or beside them, or leaves that out for reliable payers. What
 * an outcome means for the payment is decided elsewhere. Safe for concurrent use.
 */
final class Verifications {

	private static final Log logger = LogFactory.getLog(Verifications.class);

	private final Facilitator facilitator;

	private final Verification mode;

	private final VerificationGuard guard;

	private final RateLimits limits;

	private final Executor executor;

	private final ReliablePayers reliable = new ReliablePayers();

	/**
	 * Create what has payments verified.
	 * @param facilitator verifies them
	 * @param mode when it is asked
	 * @param guard limits what payers and strangers cause
	 * @param limits limits what clients cause
	 * @param executor runs verifications beside handlers, or rejects them
	 */
	Verifications(Facilitator facilitator, Verification mode, VerificationGuard guard, RateLimits limits,
			Executor executor) {
		this.facilitator = facilitator;
		this.mode = mode;
		this.guard = guard;
		this.limits = limits;
		this.executor = executor;
	}

	/**
	 * Return what must learn how payments end, so that it is known who is reliable.
	 * @return the listeners, none if every payment is verified
	 */
	List<PaymentListener> listeners() {
		return (this.mode == Verification.LOCAL) ? List.of(this.reliable) : List.of();
	}

	/**
	 * Return why the facilitator cannot be asked about a payment now. This costs no look
	 * at its signature unless invalid payments have come lately.
	 * @param attempt the payment
	 * @param verified whether it is to be verified, or else settled at once
	 * @return the obstacle, or {@code null} if none is known
	 */
	@Nullable Obstacle obstacle(Attempt attempt, boolean verified) {
		String client = attempt.request().client();
		if (this.limits.isReached(Kind.INVALID, client)
				|| (verified && this.mode != Verification.LOCAL && this.limits.isReached(Kind.VERIFICATION, client))) {
			return new Obstacle(this.limits.refusal(attempt.payer()), null);
		}
		Invalid remembered = this.guard.remembered(attempt.digest(), attempt.offer());
		if (remembered != null) {
			return new Obstacle(PaymentRefusal.of(remembered.code(), remembered.reason(), attempt.payer()), null);
		}
		Unavailable unavailable = verified ? unavailable(attempt.question()) : null;
		if (unavailable != null) {
			return new Obstacle(PaymentRefusal.of(ReasonCode.FACILITATOR_UNAVAILABLE, attempt.payer()),
					unavailable.detail());
		}
		return (this.guard.allowsAnybody() || this.guard.mayAsk(attempt.source())) ? null
				: new Obstacle(PaymentRefusal.of(ReasonCode.VERIFICATION_LIMIT, attempt.payer()), null);
	}

	/**
	 * Begin to verify a payment that is claimed for its request. This counts for its
	 * client and payer.
	 * @param attempt the payment
	 * @return what has come of it so far
	 */
	Begun begin(Attempt attempt) {
		if (!this.reliable.contains(attempt.source())
				&& !this.limits.take(Kind.VERIFICATION, attempt.request().client())) {
			return new Begun.Refused(this.limits.refusal(attempt.payer()));
		}
		Question question = this.guard.ask(attempt.source());
		if (question == null) {
			return new Begun.Refused(PaymentRefusal.of(ReasonCode.VERIFICATION_LIMIT, attempt.payer()));
		}
		return (this.mode == Verification.PARALLEL && isVerifiedBeside(attempt)) ? beside(attempt, question)
				: new Begun.Ended(verify(attempt, question));
	}

	/**
	 * Have a payment settled that is claimed for its request, instead of verified. What
	 * comes of it counts for its payer as a verification does.
	 * @param attempt the payment
	 * @param settlement settles it
	 * @return what has come of it, or {@code null} if it is not settled, because too many
	 * invalid payments have come lately
	 */
	@Nullable PaymentDecision settle(Attempt attempt, Supplier<PaymentDecision> settlement) {
		Question question = this.guard.ask(attempt.source());
		if (question == null) {
			return null;
		}
		VerificationOutcome outcome = new Unavailable("the settlement failed");
		try {
			PaymentDecision decision = settlement.get();
			outcome = outcome(decision, attempt);
			return decision;
		}
		finally {
			this.guard.close(question, outcome);
		}
	}

	/**
	 * Only a facilitator that has declined the payment has found it invalid.
	 */
	private static VerificationOutcome outcome(PaymentDecision decision, Attempt attempt) {
		if (!(decision instanceof PaymentDecision.Refused refused)) {
			return new Valid(attempt.payer());
		}
		PaymentRefusal refusal = refused.refusal();
		boolean declined = refusal.receipt() != null && refusal.reason().charged() == ReasonCode.Charged.NO;
		return declined ? new Invalid(refusal.reason(), refusal.error()) : new Unavailable(refusal.error());
	}

	/**
	 * Whoever makes a handler run before the facilitator has been asked can be told from
	 * others, and the handler does no harm.
	 */
	private static boolean isVerifiedBeside(Attempt attempt) {
		return !attempt.isUpfront() && attempt.request().readOnly() && attempt.source().proved()
				&& attempt.payer() != null;
	}

	private Begun beside(Attempt attempt, Question question) {
		FutureTask<VerificationOutcome> verification = new FutureTask<>(() -> verify(attempt, question));
		try {
			this.executor.execute(verification);
		}
		catch (RejectedExecutionException ex) {
			verification.run();
		}
		return verification.isDone() ? new Begun.Ended(outcome(verification))
				: new Begun.Running(() -> outcome(verification));
	}

	private static VerificationOutcome outcome(Future<VerificationOutcome> verification) {
		try {
			return verification.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new Unavailable("interrupted");
		}
		catch (ExecutionException ex) {
			logger.error("A verification ended with an error");
			return new Unavailable("the verification failed");
		}
	}

	private VerificationOutcome verify(Attempt attempt, Question question) {
		Source source = question.source();
		if (this.reliable.contains(source) && !attempt.isPaidBefore()) {
			return new Valid(source.payer());
		}
		VerificationOutcome outcome = new Unavailable("the verification failed");
		try {
			outcome = ask(attempt.question());
		}
		finally {
			this.guard.close(question, outcome);
		}
		if (!source.proved()) {
			this.guard.remember(attempt.digest(), attempt.offer(), outcome);
		}
		return outcome;
	}

	private VerificationOutcome ask(FacilitatorRequest question) {
		try {
			return Objects.requireNonNull(this.facilitator.verify(question), "No outcome");
		}
		catch (RuntimeException ex) {
			return failed(ex);
		}
	}

	private @Nullable Unavailable unavailable(FacilitatorRequest question) {
		try {
			return this.facilitator.unavailable(question).orElse(null);
		}
		catch (RuntimeException ex) {
			return failed(ex);
		}
	}

	private static Unavailable failed(RuntimeException ex) {
		logger.error("Facilitator failed", FacilitatorException.withoutText(ex));
		return new Unavailable("the facilitator threw " + ex.getClass().getName());
	}

	/**
	 * Why a payment cannot be verified now.
	 *
	 * @param refusal what the buyer is told
	 * @param detail what happened, for the log only, or {@code null}
	 */
	record Obstacle(PaymentRefusal refusal, @Nullable String detail) {

	}

	/**
	 * A verification that was to begin.
	 */
	sealed interface Begun {

		/**
		 * Continue with what has come of it.
		 * @param <R> type of the result
		 * @param refused if the facilitator is not asked
		 * @param ended if the outcome is known
		 * @param running if it is not known yet; gets what waits for it
		 * @return what the function returns
		 */
		<R> R fold(Function<PaymentRefusal, R> refused, Function<VerificationOutcome, R> ended,
				Function<Supplier<VerificationOutcome>, R> running);

		/**
		 * The facilitator is not asked.
		 *
		 * @param refusal what the buyer is told
		 */
		record Refused(PaymentRefusal refusal) implements Begun {

			@Override
			public <R> R fold(Function<PaymentRefusal, R> refused, Function<VerificationOutcome, R> ended,
					Function<Supplier<VerificationOutcome>, R> running) {
				return refused.apply(this.refusal);
			}

		}

		/**
		 * The outcome is known.
		 *
		 * @param outcome the outcome
		 */
		record Ended(VerificationOutcome outcome) implements Begun {

			@Override
			public <R> R fold(Function<PaymentRefusal, R> refused, Function<VerificationOutcome, R> ended,
					Function<Supplier<VerificationOutcome>, R> running) {
				return ended.apply(this.outcome);
			}

		}

		/**
		 * The facilitator is being asked.
		 *
		 * @param outcome waits for the outcome
		 */
		record Running(Supplier<VerificationOutcome> outcome) implements Begun {

			@Override
			public <R> R fold(Function<PaymentRefusal, R> refused, Function<VerificationOutcome, R> ended,
					Function<Supplier<VerificationOutcome>, R> running) {
				return running.apply(this.outcome);
			}

		}

	}

}
