/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.time.Duration;
import java.util.Locale;

/**
 * A period up to now that the console shows.
 */
enum ConsolePeriod {

	/** The last hour. */
	HOUR(Duration.ofHours(1), 60),

	/** The last 24 hours. */
	DAY(Duration.ofDays(1), 24),

	/** The last 30 days. */
	MONTH(Duration.ofDays(30), 30);

	private final Duration length;

	private final int slots;

	ConsolePeriod(Duration length, int slots) {
		this.length = length;
		this.slots = slots;
	}

	Duration length() {
		return this.length;
	}

	/**
	 * Return the number of its parts.
	 * @return the number
	 */
	int slots() {
		return this.slots;
	}

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

}
