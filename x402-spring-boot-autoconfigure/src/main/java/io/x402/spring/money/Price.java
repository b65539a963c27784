/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.money;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A price as people write it: a decimal amount, in the default asset of a network or in a
 * named one.
 *
 * @param amount amount in tokens, not negative
 * @param symbol ticker of the asset, or {@code null} for the network's default
 * @since 0.1.0
 */
public record Price(BigDecimal amount, @Nullable String symbol) {

	/**
	 * The price of what costs nothing. It is a word, not an amount, so that nothing
	 * becomes free by a slip of the decimal point; {@link #parse(String)} does not know
	 * it, and whoever reads prices must look for it first.
	 */
	public static final String FREE = "free";

	private static final int MAX_LENGTH = 128;

	private static final Pattern GRAMMAR = Pattern
		.compile(" *+(?:\\$ *+)?+([0-9]{1,78}+(?:\\.[0-9]{1,30}+)?+)(?: ++([A-Za-z][A-Za-z0-9.]{0,19}+))?+ *+");

	/**
	 * Create a price.
	 * @throws InvalidPriceException if the amount is negative
	 */
	public Price {
		if (amount.signum() < 0) {
			throw new InvalidPriceException("A price is not negative");
		}
	}

	/**
	 * Parse a price: {@code $0.05}, {@code 0.05}, {@code 0.05 USDC} or {@code $1 USD}.
	 * Only ASCII digits with an optional fraction; no sign, exponent, grouping or
	 * shortened form such as {@code .5}. Zero is parsed, whether it may be asked for is
	 * up to the caller. The amount keeps all of its decimals.
	 * @param text the text
	 * @return the price
	 * @throws InvalidPriceException if the text is not a price
	 */
	public static Price parse(String text) {
		Matcher matcher = GRAMMAR.matcher(text);
		if (text.length() > MAX_LENGTH || !matcher.matches()) {
			throw new InvalidPriceException(InvalidPriceException.quote(text)
					+ " is not a price; write a decimal amount such as '$0.05', '0.05' or '0.05 USDC'");
		}
		return new Price(new BigDecimal(matcher.group(1)), matcher.group(2));
	}

}
