/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/**
 * The time of a payer, by two clocks: the clock of the application, which may be set, and
 * one that only ever runs. A payment has ended only when both say so, so that a clock
 * that is set forward does not let a request be paid twice.
 *
 * @param clock clock of the application, which the validity of payments is written in
 * @param nanos the clock that only runs, in nanoseconds
 */
record PaymentClock(Clock clock, LongSupplier nanos) {

	/**
	 * Create a clock that runs with the process.
	 * @param clock clock of the application
	 * @return the clock
	 */
	static PaymentClock of(Clock clock) {
		return new PaymentClock(clock, System::nanoTime);
	}

	Instant now() {
		return this.clock.instant();
	}

	/**
	 * Return a deadline.
	 * @param at when it ends, by the clock of the application
	 * @return the deadline by both clocks
	 */
	Deadline deadline(Instant at) {
		return new Deadline(at, this.nanos.getAsLong() + Duration.between(now(), at).toNanos());
	}

	/**
	 * Return whether a deadline has passed.
	 * @param deadline the deadline
	 * @return whether both clocks are beyond it
	 */
	boolean isPast(Deadline deadline) {
		return !deadline.at().isAfter(now()) && this.nanos.getAsLong() - deadline.nanos() >= 0;
	}

	/**
	 * A point in time by both clocks.
	 *
	 * @param at by the clock of the application
	 * @param nanos by the clock that only runs
	 */
	record Deadline(Instant at, long nanos) {

	}

}
