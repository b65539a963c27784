/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.Map;
import java.util.Set;

/**
 * The offer that a buyer of version 2 repeats in its payment. It selects one of the
 * seller's offers and is never trusted. Sellers, facilitators and servers all use
 * {@link #isSameAs} to find the offer that is meant.
 *
 * @param members the decoded JSON object
 * @since 0.1.0
 */
public record AcceptedOffer(Map<String, Object> members) {

	private static final Set<String> KNOWN = Set.of("scheme", "network", "amount", "asset", "payTo",
			"maxTimeoutSeconds", "extra");

	/**
	 * Return whether a seller's offer is meant: each of its members is repeated.
	 * Addresses may be spelled in another way, and {@code extra} may say more than the
	 * offer.
	 * @param offer the seller's offer
	 * @return {@code true} if the buyer means this offer
	 */
	public boolean isSameAs(PaymentRequirements offer) {
		NetworkId network = offer.networkId();
		return offer.scheme().equals(this.members.get("scheme")) && offer.network().equals(this.members.get("network"))
				&& offer.amount().toString().equals(this.members.get("amount"))
				&& network.isSameAddress(offer.asset(), this.members.get("asset"))
				&& network.isSameAddress(offer.payTo(), this.members.get("payTo"))
				&& JsonValues.isEqual(this.members.get("maxTimeoutSeconds"), offer.maxTimeoutSeconds())
				&& JsonValues.contains(this.members.get("extra"), Schemes.of(offer).comparedExtra(offer));
	}

	/**
	 * Return whether there are members that no offer has.
	 * @return {@code true} if the buyer says more than an offer can
	 */
	public boolean hasUnknownMembers() {
		return !KNOWN.containsAll(this.members.keySet());
	}

}
