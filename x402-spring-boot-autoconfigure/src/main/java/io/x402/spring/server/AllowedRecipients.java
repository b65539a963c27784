/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.util.Collection;
import java.util.List;

import io.x402.spring.protocol.PaymentRequirements;

/**
 * Recipients that may be paid through a facilitator server.
 */
final class AllowedRecipients {

	/**
	 * Stands for every recipient.
	 */
	static final String ANYBODY = "*";

	private final List<String> addresses;

	/**
	 * Create a list.
	 * @param addresses addresses of recipients, or {@link #ANYBODY}; letter case does not
	 * matter on EVM networks
	 */
	AllowedRecipients(Collection<String> addresses) {
		this.addresses = List.copyOf(addresses);
	}

	/**
	 * Return whether the recipient of an offer may be paid.
	 * @param offer the offer
	 * @return {@code false} if it names no recipient or another one
	 */
	boolean allow(PaymentRequirements offer) {
		return !offer.payTo().isBlank() && this.addresses.stream()
			.anyMatch((address) -> address.equals(ANYBODY) || offer.networkId().isSameAddress(address, offer.payTo()));
	}

}
