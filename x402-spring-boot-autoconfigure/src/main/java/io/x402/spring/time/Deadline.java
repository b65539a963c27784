/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.time;

import java.time.Duration;

/**
 * A point in time by a {@link MonotonicClock}, until which something may last.
 *
 * @since 0.1.0
 */
public final class Deadline {

	/** Longer times cannot be told apart from the past. */
	private static final Duration LONGEST = Duration.ofDays(36_500);

	private final MonotonicClock clock;

	private final long nanos;

	private Deadline(MonotonicClock clock, long nanos) {
		this.clock = clock;
		this.nanos = nanos;
	}

	/**
	 * Return a deadline by the clock of the machine.
	 * @param duration how much time is left from now on, at most a century
	 * @return the deadline
	 */
	public static Deadline in(Duration duration) {
		return by(MonotonicClock.system(), duration);
	}

	/**
	 * Return a deadline by another clock.
	 * @param clock the clock
	 * @param duration how much time is left from now on, at most a century
	 * @return the deadline
	 */
	public static Deadline by(MonotonicClock clock, Duration duration) {
		Duration longest = (duration.compareTo(LONGEST) < 0) ? duration : LONGEST;
		return new Deadline(clock, clock.nanos() + longest.toNanos());
	}

	/**
	 * Return whether the deadline has passed.
	 * @return whether no time is left
	 */
	public boolean hasPassed() {
		return left() <= 0;
	}

	/**
	 * Return how much time is left.
	 * @return the time, negative after the deadline
	 */
	public Duration remaining() {
		return Duration.ofNanos(left());
	}

	private long left() {
		return this.nanos - this.clock.nanos();
	}

}
