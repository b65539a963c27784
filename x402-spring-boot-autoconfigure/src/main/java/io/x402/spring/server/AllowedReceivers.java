/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.util.Collection;
import java.util.List;

import io.x402.spring.protocol.PaymentRequirements;

/**
 * Who may be paid through a facilitator server.
 *
 * @since 0.1.0
 */
public final class AllowedReceivers {

	/**
	 * Stands for everybody.
	 */
	public static final String ANYBODY = "*";

	private final List<String> addresses;

	/**
	 * Create a list.
	 * @param addresses addresses of receivers, or {@link #ANYBODY}; letter case does not
	 * matter on EVM networks
	 */
	public AllowedReceivers(Collection<String> addresses) {
		this.addresses = List.copyOf(addresses);
	}

	/**
	 * Return whether the receiver of an offer may be paid.
	 * @param offer the offer
	 * @return {@code false} if it names no receiver or another one
	 */
	public boolean allow(PaymentRequirements offer) {
		return !offer.payTo().isBlank() && this.addresses.stream()
			.anyMatch((address) -> address.equals(ANYBODY) || offer.networkId().isSameAddress(address, offer.payTo()));
	}

}
