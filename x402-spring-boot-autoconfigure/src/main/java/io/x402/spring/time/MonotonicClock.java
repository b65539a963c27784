/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.time;

/**
 * A clock that only runs: setting the clock of the machine does not change it. It
 * measures how much time has passed and knows no date.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface MonotonicClock {

	/**
	 * Return the time.
	 * @return nanoseconds since an arbitrary point in time, possibly negative; only
	 * differences have a meaning
	 */
	long nanos();

	/**
	 * Return the clock of the machine.
	 * @return the clock
	 */
	static MonotonicClock system() {
		return System::nanoTime;
	}

}
