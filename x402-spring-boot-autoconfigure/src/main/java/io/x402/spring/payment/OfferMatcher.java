/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.List;

import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.AcceptedOffer;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.JsonValues;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;

/**
 * Finds the offers a payment is meant for. What the buyer says is a selector only; the
 * result is always one of the seller's own objects.
 */
final class OfferMatcher {

	private final Networks networks;

	OfferMatcher(Networks networks) {
		this.networks = networks;
	}

	/**
	 * Return the offers that a payment fits.
	 * @param accepts the offers
	 * @param payload the payment
	 * @return the fitting offers, in order; in v2 more than one only if offers are equal
	 */
	List<PaymentRequirements> match(List<PaymentRequirements> accepts, PaymentPayload payload) {
		List<PaymentRequirements> fitting = accepts.stream().filter((offer) -> matches(offer, payload)).toList();
		return (payload instanceof PaymentPayload.V2) ? closest(fitting) : fitting;
	}

	/**
	 * Of offers that differ in {@code extra} only, a payment means the one that says all
	 * that the others say. If there is none, it could mean any and so means none.
	 */
	private static List<PaymentRequirements> closest(List<PaymentRequirements> fitting) {
		return fitting.stream()
			.filter((offer) -> fitting.stream().allMatch((other) -> JsonValues.contains(offer.extra(), other.extra())))
			.toList();
	}

	private boolean matches(PaymentRequirements offer, PaymentPayload payload) {
		if (payload instanceof PaymentPayload.V2 v2) {
			AcceptedOffer accepted = new AcceptedOffer(v2.accepted());
			return !accepted.hasUnknownMembers() && accepted.isSameAs(offer);
		}
		return matches(offer, (PaymentPayload.V1) payload);
	}

	/**
	 * A v1 payment names scheme and network only; recipient and amount of an EVM
	 * authorization tell offers on the same network apart.
	 */
	private boolean matches(PaymentRequirements offer, PaymentPayload.V1 payload) {
		Network network = this.networks.byId(offer.network());
		if (network == null || !payload.network().equals(network.v1Name())
				|| !offer.scheme().equals(payload.scheme())) {
			return false;
		}
		return !(offer.networkId().read(payload.payload()) instanceof EvmPayload authorization)
				|| (authorization.to().equalsIgnoreCase(offer.payTo()) && authorization.value().equals(offer.amount()));
	}

}
