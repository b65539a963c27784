/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.function.Predicate;
import java.util.regex.Pattern;

import io.x402.spring.money.Network;

/**
 * Checks that a recipient is an address of its network, because money sent to any other
 * address is lost.
 */
final class RecipientCheck {

	private static final Pattern ZERO = Pattern.compile("0x0{40}");

	private final Predicate<String> checksum;

	/**
	 * Create a check.
	 * @param checksum returns whether the checksum of an EVM address is correct
	 */
	RecipientCheck(Predicate<String> checksum) {
		this.checksum = checksum;
	}

	void check(Network network, String payTo) {
		if (payTo.isEmpty()) {
			throw new InvalidPricingException("payTo", payTo, "a paid handler needs a recipient",
					"Set x402.pay-to to your address, or payTo on the handler.");
		}
		String problem = network.isEvm() ? evmProblem(network, payTo) : problem(network, payTo);
		if (!problem.isEmpty()) {
			throw new InvalidPricingException("payTo", payTo, problem,
					"Copy the address from your wallet again, in full.");
		}
	}

	private String evmProblem(Network network, String payTo) {
		if (!network.networkId().isAddress(payTo)) {
			return "this is not an EVM address, 0x and 40 hexadecimal digits";
		}
		if (ZERO.matcher(payTo).matches()) {
			return "money sent to the zero address is lost";
		}
		return this.checksum.test(payTo) ? "" : "the checksum in its letter case is wrong, so it has a typing error";
	}

	private static String problem(Network network, String payTo) {
		return network.networkId().isAddress(payTo) ? "" : "this is not a Solana address";
	}

}
