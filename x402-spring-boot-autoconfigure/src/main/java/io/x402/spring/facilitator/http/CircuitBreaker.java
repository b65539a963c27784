/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.x402.spring.time.MonotonicClock;
import org.jspecify.annotations.Nullable;

/**
 * Circuit breaker of one operation of a facilitator. Several failures in a row open it:
 * for a while calls are refused. Then it is half open: one call at a time is permitted,
 * and only a call that succeeds closes it.
 * <p>
 * A failure that can be the fault of one payment counts by its payer. All that a payer
 * has ever sent cannot open it alone, whatever other payments did: that takes a failure
 * of a second payer, or one that no payer is behind. Until then
 * <ul>
 * <li>a payment counts once, however often it is tried;</li>
 * <li>a payer counts once while other payments succeed, else with each payment.</li>
 * </ul>
 * Once it has opened, only a payer whose payments have not failed since the latest
 * success opens it again, so that no buyer can keep it open. All is forgotten with a
 * success.
 */
final class CircuitBreaker {

	/** How long a success proves that a failure can be the fault of one payment. */
	private static final long TRUST = Duration.ofMinutes(10).toNanos();

	private static final int MAX_PAYERS = 1_000;

	private static final long RESERVATION_INTERVAL = Duration.ofSeconds(1).toNanos();

	private final int failureThreshold;

	private final long openDuration;

	private final MonotonicClock clock;

	/**
	 * Payers with failures since the latest success, and payments that count for them.
	 */
	private final Map<Object, Set<Object>> payers = new LinkedHashMap<>();

	private int failures;

	/** Whether one of the failures cannot be the fault of one payer. */
	private boolean general;

	private boolean quick;

	private boolean trial;

	private boolean hintUsed;

	private boolean succeeded;

	private boolean everSucceeded;

	private long succeededAt;

	private long halfOpenAt;

	private long nextReservation;

	private @Nullable String problem;

	/**
	 * Create a closed circuit breaker.
	 * @param failureThreshold number of consecutive failures that open it
	 * @param openDuration how long it stays open
	 * @param clock a clock that only runs
	 */
	CircuitBreaker(int failureThreshold, Duration openDuration, MonotonicClock clock) {
		this.failureThreshold = failureThreshold;
		this.openDuration = openDuration.toNanos();
		this.clock = clock;
	}

	/**
	 * Return whether a call may be made now. The caller must report how it ended.
	 */
	synchronized boolean tryAcquire() {
		if (!isAcquirable()) {
			return false;
		}
		if (isFailing() && !this.quick) {
			this.trial = true;
		}
		return true;
	}

	/**
	 * Return whether {@link #tryAcquire} would permit a call.
	 */
	synchronized boolean isAcquirable() {
		return !isFailing() || this.quick || (!isOpen() && !this.trial);
	}

	/**
	 * Return whether a call may be prepared that is made later. While this is half open,
	 * one call in a second may, until one of them is made.
	 */
	synchronized boolean tryReserve() {
		if (!isReservable()) {
			return false;
		}
		if (isFailing()) {
			this.nextReservation = this.clock.nanos() + Math.min(RESERVATION_INTERVAL, this.openDuration);
		}
		return true;
	}

	/**
	 * Return whether {@link #tryReserve} would permit a call.
	 */
	synchronized boolean isReservable() {
		return !isFailing() || (!isOpen() && !this.trial && this.clock.nanos() - this.nextReservation >= 0);
	}

	/**
	 * Give back a reservation whose call will not be made.
	 */
	synchronized void cancelReservation() {
		this.nextReservation = this.clock.nanos();
	}

	/**
	 * Return whether the latest call succeeded.
	 */
	synchronized boolean isLatestSuccessful() {
		return this.succeeded;
	}

	/**
	 * Become half open before the time, on a hint from elsewhere that calls could succeed
	 * again. Once a call has failed after a hint, further hints prove nothing about this
	 * operation.
	 * @param news whether whatever gave the hint has failed before, too
	 */
	synchronized void tryEarly(boolean news) {
		if (isOpen() && !this.quick && (news || !this.hintUsed)) {
			this.hintUsed = true;
			this.halfOpenAt = this.clock.nanos();
			this.nextReservation = this.halfOpenAt;
		}
	}

	/**
	 * Return whether calls are refused right now.
	 */
	synchronized boolean isOpen() {
		return isFailing() && this.clock.nanos() - this.halfOpenAt < 0;
	}

	/**
	 * Return whether the latest calls failed, as many as it takes, and not those of one
	 * payer only.
	 * @return {@code true} until a call succeeds
	 */
	synchronized boolean isFailing() {
		return this.failures >= this.failureThreshold && (this.general || this.payers.size() > 1);
	}

	/**
	 * Record a call that succeeded.
	 */
	synchronized void succeeded() {
		this.failures = 0;
		this.general = false;
		this.payers.clear();
		this.trial = false;
		this.hintUsed = false;
		this.succeeded = true;
		this.everSucceeded = true;
		this.succeededAt = this.clock.nanos();
		this.problem = null;
	}

	/**
	 * Record a call whose end proves nothing.
	 */
	synchronized void inconclusive() {
		this.trial = false;
	}

	/**
	 * Record a call that was refused at once, as every other call would be.
	 */
	synchronized void refused(String problem) {
		this.general = true;
		note(problem, true);
	}

	/**
	 * Record a call that was refused at once, perhaps for its payment alone, of which
	 * anybody can be the sender. It is taken for that if other calls succeeded lately.
	 */
	synchronized void refusedUnproven(String problem) {
		if (isTrusted()) {
			pass(problem);
		}
		else {
			refused(problem);
		}
	}

	/**
	 * Record a call that was refused at once, perhaps for its payment alone.
	 * @param problem what went wrong, without secrets
	 * @param payer who paid
	 * @param payment what identifies the payment
	 */
	synchronized void refusedPayment(String problem, Object payer, Object payment) {
		noteOf(payer, payment, problem, true);
	}

	/**
	 * Record a call that failed, perhaps for its payment alone.
	 * @param problem what went wrong, without secrets
	 * @param payer who paid
	 * @param payment what identifies the payment
	 */
	synchronized void failedPayment(String problem, Object payer, Object payment) {
		noteOf(payer, payment, problem, false);
	}

	/**
	 * Record a call that failed.
	 * @param problem what went wrong, without secrets
	 */
	synchronized void failed(String problem) {
		this.general = true;
		note(problem, false);
	}

	private void noteOf(Object payer, Object payment, String problem, boolean quick) {
		if (counts(payer, payment)) {
			note(problem, quick);
		}
		else {
			pass(problem);
		}
	}

	private boolean counts(Object payer, Object payment) {
		Set<Object> payments = this.payers.get(payer);
		if (payments == null) {
			if (this.payers.size() >= MAX_PAYERS) {
				this.payers.remove(this.payers.keySet().iterator().next());
			}
			this.payers.put(payer, new HashSet<>(Set.of(payment)));
			return true;
		}
		return !isTrusted() && this.failures < this.failureThreshold && payments.add(payment);
	}

	private boolean isTrusted() {
		return this.everSucceeded && this.clock.nanos() - this.succeededAt < TRUST;
	}

	private void pass(String problem) {
		this.trial = false;
		this.problem = problem;
	}

	private void note(String problem, boolean quick) {
		this.failures = Math.min(this.failures + 1, this.failureThreshold);
		this.quick = quick;
		this.trial = false;
		this.succeeded = false;
		this.problem = problem;
		this.halfOpenAt = this.clock.nanos() + this.openDuration;
		this.nextReservation = this.halfOpenAt;
	}

	/**
	 * Return why the latest call failed.
	 * @return the problem, or {@code null} if it did not fail
	 */
	synchronized @Nullable String problem() {
		return this.problem;
	}

}
