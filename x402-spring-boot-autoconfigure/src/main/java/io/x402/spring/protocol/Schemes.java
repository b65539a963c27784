/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.List;

/**
 * The payment schemes.
 *
 * @since 0.1.0
 */
public final class Schemes {

	/**
	 * Scheme under which exactly the price is paid.
	 */
	public static final SchemeRules EXACT = new ExactRules();

	/**
	 * Scheme under which the price is the maximum that may be charged.
	 */
	public static final SchemeRules UPTO = new UptoRules();

	/**
	 * Scheme under which the buyer has transferred the price before. Facilitators do not
	 * know it.
	 * @since 0.2.0
	 */
	public static final SchemeRules TRANSFER = new TransferRules();

	private static final List<SchemeRules> KNOWN = List.of(EXACT, UPTO);

	private Schemes() {
	}

	/**
	 * Return the known schemes of facilitators.
	 * @return their rules, those of the most common scheme first
	 */
	public static List<SchemeRules> known() {
		return KNOWN;
	}

	/**
	 * Return the scheme of a name.
	 * @param name the name on the wire
	 * @return its rules; those of an unknown scheme leave every question to the
	 * facilitator
	 */
	public static SchemeRules named(String name) {
		for (SchemeRules rules : KNOWN) {
			if (rules.name().equals(name)) {
				return rules;
			}
		}
		return TRANSFER.name().equals(name) ? TRANSFER : new UnknownSchemeRules(name);
	}

	/**
	 * Return the scheme of an offer.
	 * @param offer the offer
	 * @return its rules
	 */
	public static SchemeRules of(PaymentRequirements offer) {
		return named(offer.scheme());
	}

}
