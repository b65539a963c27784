/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import io.x402.spring.time.Deadline;
import io.x402.spring.time.MonotonicClock;

/**
 * The time of a payer, by two clocks: the clock of the application, which may be set, and
 * one that only ever runs. A payment has ended only when both say so, so that a clock
 * that is set forward does not let a request be paid twice.
 *
 * @param clock clock of the application, which the validity of payments is written in
 * @param running the clock that only runs
 */
record PaymentClock(Clock clock, MonotonicClock running) {

	/**
	 * Create a clock that runs with the process.
	 * @param clock clock of the application
	 * @return the clock
	 */
	static PaymentClock of(Clock clock) {
		return new PaymentClock(clock, MonotonicClock.system());
	}

	Instant now() {
		return this.clock.instant();
	}

	/**
	 * Return when something ends.
	 * @param at when it ends, by the clock of the application
	 * @return the end by both clocks
	 */
	End end(Instant at) {
		return new End(at, Deadline.by(this.running, Duration.between(now(), at)));
	}

	/**
	 * Return whether an end is past.
	 * @param end the end
	 * @return whether both clocks are beyond it
	 */
	boolean isPast(End end) {
		return !end.at().isAfter(now()) && end.running().hasPassed();
	}

	/**
	 * A point in time by both clocks.
	 *
	 * @param at by the clock of the application
	 * @param running by the clock that only runs
	 */
	record End(Instant at, Deadline running) {

	}

}
