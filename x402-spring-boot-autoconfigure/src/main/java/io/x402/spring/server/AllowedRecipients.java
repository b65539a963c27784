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
 *
 * @since 0.1.0
 */
public final class AllowedRecipients {

	/**
	 * Stands for every recipient.
	 */
	public static final String ANYBODY = "*";

	private final List<String> addresses;

	/**
	 * Create a list.
	 * @param addresses addresses of recipients, or {@link #ANYBODY}; letter case does not
	 * matter on EVM networks
	 */
	public AllowedRecipients(Collection<String> addresses) {
		this.addresses = List.copyOf(addresses);
	}

	/**
	 * Return whether the recipient of an offer may be paid.
	 * @param offer the offer
	 * @return {@code false} if it names no recipient or another one
	 */
	public boolean allow(PaymentRequirements offer) {
		return !offer.payTo().isBlank() && this.addresses.stream()
			.anyMatch((address) -> address.equals(ANYBODY) || offer.networkId().isSameAddress(address, offer.payTo()));
	}

}
