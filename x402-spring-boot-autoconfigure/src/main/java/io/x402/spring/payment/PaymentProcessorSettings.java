/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;

import io.x402.spring.PaymentFlow;
import io.x402.spring.time.MonotonicClock;

/**
 * Limits of the {@link PaymentProcessor}.
 *
 * @param claimWait how long a repetition waits for the request that uses the same payment
 * @param retention how long a claim is kept after its authorization has expired
 * @param redeliveryWindow how long after settlement a response can be delivered again;
 * zero for never
 * @param reruns how often a handler may run again for a settled payment whose response
 * was not kept
 * @param identifiers what to do about identifiers that buyers give their payments
 * @param unchargedRuns maximum number of times a handler runs for one payment without
 * charging it
 * @param verifyUpfront whether payments in flow {@link PaymentFlow#UPFRONT} are verified
 * before they are settled
 * @param waits maximum numbers of requests that wait for another one
 * @param budget limits what the facilitator is asked in vain
 * @param clock clock of waits and time limits
 * @param verification who verifies payments before a handler runs
 * @since 0.1.0
 */
public record PaymentProcessorSettings(Duration claimWait, Duration retention, Duration redeliveryWindow, int reruns,
		PaymentIdentifiers identifiers, int unchargedRuns, boolean verifyUpfront, Waits waits,
		VerificationBudget budget, MonotonicClock clock, Verification verification) {

	private static final int UNCHARGED_RUNS = 3;

	/** Allows for clocks of instances and stores that differ. */
	private static final Duration MARGIN = Duration.ofMinutes(1);

	/**
	 * Create settings with defaults for the rest.
	 * @param claimWait how long a repetition waits for the request that uses the same
	 * payment
	 * @param retention how long a claim is kept after its authorization has expired
	 * @param redeliveryWindow how long after settlement a response can be delivered
	 * again; zero for never
	 * @param reruns how often a handler may run again for a settled payment whose
	 * response was not kept
	 * @param identifiers what to do about identifiers that buyers give their payments
	 */
	public PaymentProcessorSettings(Duration claimWait, Duration retention, Duration redeliveryWindow, int reruns,
			PaymentIdentifiers identifiers) {
		this(claimWait, retention, redeliveryWindow, reruns, identifiers, UNCHARGED_RUNS, true, Waits.defaults(),
				VerificationBudget.unlimited(), MonotonicClock.system(), Verification.FACILITATOR);
	}

	/**
	 * Return these settings with another limit.
	 * @param unchargedRuns maximum number of times a handler runs for one payment without
	 * charging it
	 * @return the changed settings
	 */
	public PaymentProcessorSettings withUnchargedRuns(int unchargedRuns) {
		return new PaymentProcessorSettings(this.claimWait, this.retention, this.redeliveryWindow, this.reruns,
				this.identifiers, unchargedRuns, this.verifyUpfront, this.waits, this.budget, this.clock,
				this.verification);
	}

	/**
	 * Return these settings with or without verification before an upfront settlement.
	 * @param verifyUpfront whether to verify
	 * @return the changed settings
	 */
	public PaymentProcessorSettings withVerifyUpfront(boolean verifyUpfront) {
		return new PaymentProcessorSettings(this.claimWait, this.retention, this.redeliveryWindow, this.reruns,
				this.identifiers, this.unchargedRuns, verifyUpfront, this.waits, this.budget, this.clock,
				this.verification);
	}

	/**
	 * Return these settings with other limits of waiting.
	 * @param waits maximum numbers of requests that wait for another one
	 * @return the changed settings
	 */
	public PaymentProcessorSettings withWaits(Waits waits) {
		return new PaymentProcessorSettings(this.claimWait, this.retention, this.redeliveryWindow, this.reruns,
				this.identifiers, this.unchargedRuns, this.verifyUpfront, waits, this.budget, this.clock,
				this.verification);
	}

	/**
	 * Return these settings with another budget.
	 * @param budget limits what the facilitator is asked in vain
	 * @return the changed settings
	 */
	public PaymentProcessorSettings withBudget(VerificationBudget budget) {
		return new PaymentProcessorSettings(this.claimWait, this.retention, this.redeliveryWindow, this.reruns,
				this.identifiers, this.unchargedRuns, this.verifyUpfront, this.waits, budget, this.clock,
				this.verification);
	}

	/**
	 * Return these settings with another clock for durations.
	 * @param clock clock of waits and time limits
	 * @return the changed settings
	 */
	public PaymentProcessorSettings withClock(MonotonicClock clock) {
		return new PaymentProcessorSettings(this.claimWait, this.retention, this.redeliveryWindow, this.reruns,
				this.identifiers, this.unchargedRuns, this.verifyUpfront, this.waits, this.budget, clock,
				this.verification);
	}

	/**
	 * Return these settings with another verification.
	 * @param verification who verifies payments before a handler runs
	 * @return the changed settings
	 */
	public PaymentProcessorSettings withVerification(Verification verification) {
		return new PaymentProcessorSettings(this.claimWait, this.retention, this.redeliveryWindow, this.reruns,
				this.identifiers, this.unchargedRuns, this.verifyUpfront, this.waits, this.budget, this.clock,
				verification);
	}

	/**
	 * How much longer a claim is kept than its authorization could be used, which one
	 * that is refused for good need not be.
	 */
	Duration keptLonger() {
		Duration longer = this.redeliveryWindow.plus(this.retention).minus(MARGIN);
		return longer.isNegative() ? Duration.ZERO : longer;
	}

	/**
	 * Maximum numbers of requests that wait for another one with the same payment.
	 *
	 * @param perPayment for one payment
	 * @param all for all payments
	 */
	public record Waits(int perPayment, int all) {

		/**
		 * Return limits that leave most threads of a small server free.
		 * @return the limits
		 */
		public static Waits defaults() {
			return new Waits(4, 16);
		}

	}

	/**
	 * Limits how often the facilitator is asked about payments that it finds invalid,
	 * within one minute. A payer of a valid payment may send ten times as many, and is
	 * not subject to the limit for all.
	 *
	 * @param perPayer maximum number for one payer, 0 for no limit
	 * @param perClient maximum number for one client of those whose signature only the
	 * facilitator can check, 0 for no limit
	 * @param unproved maximum number for all of those whose signature only the
	 * facilitator can check, 0 for no limit
	 */
	public record VerificationBudget(int perPayer, int perClient, int unproved) {

		/**
		 * Return a budget without limits.
		 * @return the budget
		 */
		public static VerificationBudget unlimited() {
			return new VerificationBudget(0, 0, 0);
		}

	}

	/**
	 * Who verifies payments before a handler runs.
	 */
	public enum Verification {

		/** The facilitator verifies each payment. */
		FACILITATOR,

		/**
		 * The local checks stand for the facilitator's verification where the payer's own
		 * key has signed and an earlier payment of this payer was settled here. A handler
		 * may then run for a payment that cannot be settled; its response is not
		 * released.
		 */
		LOCAL,

		/**
		 * The facilitator verifies each payment while the handler runs, where the local
		 * checks have passed, the payer's own key has signed, and the request is safe; it
		 * verifies any other payment before. Nothing is settled or released before both
		 * have ended well. A handler may then run for a payment that is not valid.
		 * @since 0.2.0
		 */
		PARALLEL

	}

	/**
	 * What to do about identifiers that buyers give their payments.
	 */
	public enum PaymentIdentifiers {

		/** They are neither asked for nor looked at. */
		OFF,

		/** A payment may have one. */
		OPTIONAL,

		/** A payment must have one. */
		REQUIRED

	}

}
