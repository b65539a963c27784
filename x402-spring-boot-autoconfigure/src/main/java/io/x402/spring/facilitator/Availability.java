package io.x402.spring.facilitator;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Circuit breaker of one operation of a facilitator or node. Several failures in a row
 * open it: for a while calls are refused. Then it is half open: one call at a time tries,
 * and only a call that succeeds closes it.
 */
public final class Availability {

	/** How long a success proves that a refusal can be the fault of one payment. */
	private static final long TRUST = Duration.ofMinutes(10).toNanos();

	private static final long ANNOUNCEMENT = Duration.ofSeconds(1).toNanos();

	private final int failuresUntilDown;

	private final long pause;

	private final LongSupplier nanoTime;

	private final Set<Object> refusedPayers = new HashSet<>();

	private int failures;

	private boolean quick;

	private boolean trying;

	private boolean hinted;

	private boolean answered;

	private boolean everAnswered;

	private long answeredAt;

	private long nextTry;

	private long nextAnnouncement;

	private @Nullable String problem;

	/**
	 * Create an availability.
	 * @param failuresUntilDown failures in a row after which the facilitator counts as
	 * down
	 * @param pause how long calls are refused then
	 * @param nanoTime the time, in nanoseconds
	 */
	public Availability(int failuresUntilDown, Duration pause, LongSupplier nanoTime) {
		this.failuresUntilDown = failuresUntilDown;
		this.pause = pause.toNanos();
		this.nanoTime = nanoTime;
	}

	/**
	 * Return whether a call may be made now. The caller has to report how it ended.
	 */
	public synchronized boolean admit() {
		if (!isFailing() || this.quick) {
			return true;
		}
		if (isDown() || this.trying) {
			return false;
		}
		this.trying = true;
		return true;
	}

	/**
	 * Return whether a call may be prepared that is made later. While this is half open,
	 * that is so once in a second, until one of these calls is made.
	 */
	public synchronized boolean announce() {
		if (!isFailing()) {
			return true;
		}
		long now = this.nanoTime.getAsLong();
		if (isDown() || this.trying || now - this.nextAnnouncement < 0) {
			return false;
		}
		this.nextAnnouncement = now + Math.min(ANNOUNCEMENT, this.pause);
		return true;
	}

	/**
	 * A call that was announced will not be made.
	 */
	public synchronized void withdraw() {
		this.nextAnnouncement = this.nanoTime.getAsLong();
	}

	/**
	 * Return whether the latest call was answered.
	 */
	public synchronized boolean isAnswering() {
		return this.answered;
	}

	/**
	 * Take a hint from elsewhere that calls could succeed again: one may try. Once a call
	 * has failed after a hint, further ones prove nothing about this operation.
	 * @param news whether whatever gave the hint has failed before, too
	 */
	public synchronized void recovered(boolean news) {
		if (isDown() && !this.quick && (news || !this.hinted)) {
			this.hinted = true;
			this.nextTry = this.nanoTime.getAsLong();
			this.nextAnnouncement = this.nextTry;
		}
	}

	/**
	 * Return whether calls are refused right now.
	 */
	public synchronized boolean isDown() {
		return isFailing() && this.nanoTime.getAsLong() - this.nextTry < 0;
	}

	/**
	 * Return whether the latest calls failed, as many as it takes.
	 * @return {@code true} until a call succeeds
	 */
	public synchronized boolean isFailing() {
		return this.failures >= this.failuresUntilDown;
	}

	/**
	 * Note that a call was answered.
	 */
	public synchronized void answered() {
		this.failures = 0;
		this.refusedPayers.clear();
		this.trying = false;
		this.hinted = false;
		this.answered = true;
		this.everAnswered = true;
		this.answeredAt = this.nanoTime.getAsLong();
		this.problem = null;
	}

	/**
	 * Note that a call ended in a way that proves nothing.
	 */
	public synchronized void ended() {
		this.trying = false;
	}

	/**
	 * Note that the facilitator answered at once, but serves nobody.
	 */
	public synchronized void refused(String problem) {
		note(problem, true);
	}

	/**
	 * Note that the facilitator answered at once and refused what may be one payment or
	 * all. It is taken for one payment if others were answered lately.
	 * @param problem what went wrong, without secrets
	 * @param payer who paid, whose refusals count once, or {@code null} if anybody can
	 * name any payer
	 */
	public synchronized void refusedOne(String problem, @Nullable Object payer) {
		boolean trusted = this.everAnswered && this.nanoTime.getAsLong() - this.answeredAt < TRUST;
		if (!trusted || (payer != null && this.refusedPayers.add(payer))) {
			note(problem, true);
		}
		else {
			this.trying = false;
			this.problem = problem;
		}
	}

	/**
	 * Note that a call failed in a way that makes callers wait or the facilitator suffer.
	 * @param problem what went wrong, without secrets
	 */
	public synchronized void failed(String problem) {
		note(problem, false);
	}

	private void note(String problem, boolean quick) {
		this.failures = Math.min(this.failures + 1, this.failuresUntilDown);
		this.quick = quick;
		this.trying = false;
		this.answered = false;
		this.problem = problem;
		this.nextTry = this.nanoTime.getAsLong() + this.pause;
		this.nextAnnouncement = this.nextTry;
	}

	/**
	 * Return why the latest call failed.
	 * @return the problem, or {@code null} if it did not fail
	 */
	public synchronized @Nullable String problem() {
		return this.problem;
	}

}
