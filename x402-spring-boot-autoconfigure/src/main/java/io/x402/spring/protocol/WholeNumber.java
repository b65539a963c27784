/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;

import org.jspecify.annotations.Nullable;

/**
 * Whole numbers among decoded JSON values. Several languages write {@code 60} as
 * {@code 60.0}; both are the same number.
 */
final class WholeNumber {

	/** Up to here a floating point number stands for one whole number. */
	private static final double MAX_EXACT = 1L << 53;

	private WholeNumber() {
	}

	/**
	 * Convert a decoded JSON value.
	 * @param value the value, may be {@code null}
	 * @return the number, or {@code null} if the value is not a number or has a fraction
	 */
	static @Nullable BigInteger of(@Nullable Object value) {
		if (value instanceof Double number) {
			boolean exact = Math.rint(number) == number && Math.abs(number) <= MAX_EXACT;
			return exact ? BigInteger.valueOf(number.longValue()) : null;
		}
		return ofInteger(value);
	}

	/**
	 * Convert a decoded JSON value that was written without fraction and exponent.
	 */
	static @Nullable BigInteger ofInteger(@Nullable Object value) {
		if (value instanceof Integer || value instanceof Long) {
			return BigInteger.valueOf(((Number) value).longValue());
		}
		return (value instanceof BigInteger number) ? number : null;
	}

}
