/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;

import org.jspecify.annotations.Nullable;

/**
 * The grammar of amounts and times on the wire: ASCII decimal digits without sign or
 * leading zeros, at most as long as an unsigned 256-bit integer, in a string. A JSON
 * number is read too if it is written without fraction and exponent; it is always written
 * as a string.
 *
 * @since 0.1.0
 */
public final class AtomicAmount {

	private static final int MAX_DIGITS = 78;

	private static final int MAX_BITS = 256;

	private AtomicAmount() {
	}

	/**
	 * Parse a wire amount. The length is checked before a number is built.
	 * @param value the decoded JSON value, may be {@code null}
	 * @return the amount, or {@code null} if the value is not one
	 */
	public static @Nullable BigInteger parse(@Nullable Object value) {
		return inRange((value instanceof String text) ? parseDigits(text) : WholeNumber.ofInteger(value));
	}

	private static @Nullable BigInteger parseDigits(String digits) {
		if (digits.isEmpty() || digits.length() > MAX_DIGITS) {
			return null;
		}
		for (int i = 0; i < digits.length(); i++) {
			char c = digits.charAt(i);
			if (c < '0' || c > '9') {
				return null;
			}
		}
		if (digits.length() > 1 && digits.charAt(0) == '0') {
			return null;
		}
		return new BigInteger(digits);
	}

	private static @Nullable BigInteger inRange(@Nullable BigInteger value) {
		return (value != null && value.signum() >= 0 && value.bitLength() <= MAX_BITS) ? value : null;
	}

}
