package io.x402.spring.facilitator;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * What recent calls of one operation tell about a facilitator. After several failures in
 * a row nobody has to wait for another one: for a while calls are refused, then one call
 * tries whether the facilitator is back.
 */
public final class Availability {

	private final int failuresUntilDown;

	private final long pause;

	private final LongSupplier nanoTime;

	private int failures;

	private boolean worthWaiting = true;

	private boolean answered;

	private long nextTry;

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
	 * Return whether a call may be made now. While the facilitator is down that is so for
	 * one caller in each pause, who has to tell the result.
	 */
	synchronized boolean admit() {
		if (!wouldAdmit()) {
			return false;
		}
		this.nextTry = this.nanoTime.getAsLong() + this.pause;
		return true;
	}

	/**
	 * Return whether a call would be admitted now.
	 */
	synchronized boolean wouldAdmit() {
		return !isDown() || this.worthWaiting || this.nanoTime.getAsLong() - this.nextTry >= 0;
	}

	/**
	 * Return whether a call that is made now can be expected to be of use.
	 */
	synchronized boolean wouldSucceed() {
		return !isDown() || this.nanoTime.getAsLong() - this.nextTry >= 0;
	}

	/**
	 * Return whether the latest call was answered.
	 */
	synchronized boolean isAnswering() {
		return this.answered;
	}

	/**
	 * Note that the facilitator answers again, as far as a look can tell that no payment
	 * had to make: calls are admitted, and the next failure closes it again.
	 */
	synchronized void recovered() {
		if (isDown() && !this.worthWaiting) {
			this.failures = this.failuresUntilDown - 1;
		}
	}

	/**
	 * Return whether the latest calls failed, as many as it takes.
	 * @return {@code true} if it certainly cannot be used right now
	 */
	public synchronized boolean isDown() {
		return this.failures >= this.failuresUntilDown;
	}

	/**
	 * Note that a call was answered.
	 */
	public synchronized void answered() {
		this.failures = 0;
		this.answered = true;
		this.problem = null;
	}

	/**
	 * Note that the facilitator answered, but serves nobody.
	 */
	synchronized void refused(String problem) {
		note(problem, true);
	}

	/**
	 * Note that a call failed in a way that makes callers wait or the facilitator suffer.
	 * @param problem what went wrong, without secrets
	 */
	public synchronized void failed(String problem) {
		note(problem, false);
	}

	private void note(String problem, boolean worthWaiting) {
		this.failures = Math.min(this.failures + 1, this.failuresUntilDown);
		this.worthWaiting = worthWaiting;
		this.answered = false;
		this.problem = problem;
		this.nextTry = this.nanoTime.getAsLong() + this.pause;
	}

	/**
	 * Return why the latest call failed.
	 * @return the problem, or {@code null} if it did not fail
	 */
	public synchronized @Nullable String problem() {
		return this.problem;
	}

}
