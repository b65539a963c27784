/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;

/**
 * A payment as it counts in budgets: what is signed counts in full, whatever the seller
 * says about it later.
 *
 * @param account address that pays
 * @param host host that is paid, with its port if that is not the usual one
 * @param micros millionths of a token, rounded up
 * @param time when it was reserved
 * @since 0.1.0
 */
public record Spending(String account, String host, long micros, Instant time) {

	private static final int DECIMALS = 6;

	private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE / 4, DECIMALS);

	/**
	 * Create a spending.
	 * @param account address that pays
	 * @param host host that is paid
	 * @param amount amount in tokens
	 * @param time when it is reserved
	 * @return the spending
	 */
	public static Spending of(String account, String host, BigDecimal amount, Instant time) {
		return new Spending(account, host, micros(amount, RoundingMode.CEILING), time);
	}

	static long limitMicros(BigDecimal amount) {
		return micros(amount, RoundingMode.FLOOR);
	}

	private static long micros(BigDecimal amount, RoundingMode rounding) {
		return amount.min(MOST).setScale(DECIMALS, rounding).unscaledValue().longValueExact();
	}

	/**
	 * Return the minute in which it was reserved, the step in which time windows move.
	 * @return minutes since the epoch
	 */
	public long minute() {
		return this.time.getEpochSecond() / 60;
	}

}
