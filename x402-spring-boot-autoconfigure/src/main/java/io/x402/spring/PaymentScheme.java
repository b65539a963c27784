/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring;

import io.x402.spring.protocol.SchemeRules;
import io.x402.spring.protocol.Schemes;

/**
 * How the charged amount follows from the price.
 *
 * @since 0.1.0
 */
public enum PaymentScheme {

	/**
	 * Exactly the price is charged.
	 */
	EXACT(Schemes.EXACT),

	/**
	 * The price is the maximum; the handler may charge less. Paid through Permit2, on EVM
	 * networks, by buyers of protocol version 2.
	 */
	UPTO(Schemes.UPTO);

	private final SchemeRules rules;

	PaymentScheme(SchemeRules rules) {
		this.rules = rules;
	}

	/**
	 * Return the rules of the scheme.
	 * @return the rules
	 */
	public SchemeRules rules() {
		return this.rules;
	}

	/**
	 * Return the value of {@code scheme}.
	 * @return the name on the wire
	 */
	public String wireName() {
		return this.rules.name();
	}

}
