package io.x402.spring;

import io.x402.spring.protocol.SchemeRules;
import io.x402.spring.protocol.Schemes;

/**
 * How the amount that is charged follows from the price.
 */
public enum PaymentScheme {

	/**
	 * The price is charged.
	 */
	EXACT(Schemes.EXACT),

	/**
	 * The price is the most that is charged; the handler may charge less. Paid by
	 * Permit2, on EVM networks, by buyers of protocol version 2.
	 */
	UPTO(Schemes.UPTO);

	private final SchemeRules rules;

	PaymentScheme(SchemeRules rules) {
		this.rules = rules;
	}

	/**
	 * Return the value of {@code scheme}.
	 * @return the name on the wire
	 */
	public String wireName() {
		return this.rules.name();
	}

	/**
	 * Return what follows from the scheme.
	 * @return its rules
	 */
	public SchemeRules rules() {
		return this.rules;
	}

}
