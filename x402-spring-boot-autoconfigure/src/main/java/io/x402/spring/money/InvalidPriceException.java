/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.money;

import java.util.Objects;

/**
 * A price, asset or network that cannot be offered. The message is meant for the
 * developer of the seller.
 *
 * @since 0.1.0
 */
public class InvalidPriceException extends IllegalArgumentException {

	private static final int MAX_QUOTE = 64;

	/**
	 * Create an exception.
	 * @param message what is wrong with which value
	 */
	public InvalidPriceException(String message) {
		super(message);
	}

	@Override
	public String getMessage() {
		return Objects.requireNonNull(super.getMessage());
	}

	/**
	 * Quote a value in a message that may end in a log: one line, printable, bounded.
	 */
	static String quote(String value) {
		String bounded = (value.length() > MAX_QUOTE) ? value.substring(0, MAX_QUOTE) + "..." : value;
		return "'" + bounded.replaceAll("[^ -~]", "?") + "'";
	}

}
