package io.x402.spring;

import io.x402.spring.protocol.PaymentRequirements;

/**
 * How the amount that is charged follows from the price.
 */
public enum PaymentScheme {

	/**
	 * The price is charged.
	 */
	EXACT("exact"),

	/**
	 * The price is the most that is charged; the handler may charge less. Paid by
	 * Permit2, on EVM networks, by buyers of protocol version 2.
	 */
	UPTO("upto");

	private final String wireName;

	PaymentScheme(String wireName) {
		this.wireName = wireName;
	}

	/**
	 * Return the value of {@code scheme}.
	 * @return the name on the wire
	 */
	public String wireName() {
		return this.wireName;
	}

}
