/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.math.BigDecimal;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A budget over several payments.
 *
 * @param perHost whether every host has a budget of its own, instead of one for the
 * account
 * @param window how long a payment counts, {@code null} forever; in minutes, at most a
 * day
 * @param amount most that may be spent, in tokens
 * @since 0.1.0
 */
public record SpendingLimit(boolean perHost, @Nullable Duration window, BigDecimal amount) {

	private static final Duration LONGEST = Duration.ofDays(1);

	public SpendingLimit {
		if (amount.signum() < 0 || (window != null && (window.toMinutes() < 1 || window.compareTo(LONGEST) > 0))) {
			throw new IllegalArgumentException("A budget is not negative and lasts a minute to a day, or has no end");
		}
	}

	/**
	 * Return the budget in the unit that is counted in.
	 * @return millionths of a token, rounded down
	 */
	public long micros() {
		return Spending.limitMicros(this.amount);
	}

	/**
	 * Return the budget in words.
	 * @return for example {@code 1.00 per day and host}
	 */
	@Override
	public String toString() {
		String time = (this.window == null) ? " in total"
				: this.window.equals(LONGEST) ? " per day" : this.window.equals(Duration.ofHours(1)) ? " per hour"
						: " per " + this.window.toMinutes() + " minutes";
		return this.amount.toPlainString() + time + (this.perHost ? " and host" : "");
	}

}
