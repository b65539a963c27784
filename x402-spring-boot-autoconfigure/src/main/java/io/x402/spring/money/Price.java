package io.x402.spring.money;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

/**
 * A price as people write it: a decimal amount, in the default asset of a network or in a
 * named one.
 *
 * @param amount amount in tokens, not negative
 * @param symbol ticker of the asset, or {@code null} for the network's default
 */
public record Price(BigDecimal amount, @Nullable String symbol) {

	/**
	 * The price of what costs nothing.
	 */
	public static final String FREE = "free";

	/**
	 * Parse a price such as {@code $0.05}, {@code 0.05} or {@code 0.05 USDC}.
	 * @param text the text
	 * @return the price
	 * @throws InvalidPriceException if the text is not a price
	 */
	public static Price parse(String text) {
		throw new UnsupportedOperationException();
	}

}
