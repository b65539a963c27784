/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.math.BigDecimal;

import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Price;

/**
 * Amount of tokens in a configuration property, with or without a dollar sign.
 *
 * @param tokens the amount, not negative
 * @since 0.1.0
 */
public record TokenAmount(BigDecimal tokens) {

	/**
	 * Create an amount.
	 * @throws IllegalArgumentException if the amount is negative
	 */
	public TokenAmount {
		if (tokens.signum() < 0) {
			throw new IllegalArgumentException("an amount must not be negative");
		}
	}

	/**
	 * Parse an amount, as Spring Boot does for a property.
	 * @param text the text, such as {@code $0.05} or {@code 0.05}
	 * @return the amount
	 * @throws IllegalArgumentException if the text is not an amount
	 */
	public static TokenAmount of(String text) {
		Price price = parse(text);
		if (price.symbol() != null) {
			throw new IllegalArgumentException(
					"'" + text + "' names a token, but the amount holds for all tokens; write '"
							+ price.amount().toPlainString() + "'");
		}
		return new TokenAmount(price.amount());
	}

	private static Price parse(String text) {
		try {
			return Price.parse(text);
		}
		catch (InvalidPriceException ex) {
			throw new IllegalArgumentException(
					"'" + text + "' is not an amount; write a decimal number of tokens such as '$0.05' or '0.05'", ex);
		}
	}

	@Override
	public String toString() {
		return this.tokens.toPlainString();
	}

}
