/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;
import org.jspecify.annotations.Nullable;

/**
 * Offers for one request: the resource and the offers that a buyer may choose from.
 *
 * @param resource what is sold
 * @param accepts the offers in order of preference, at least one
 * @param declared what the seller declares of the resource to facilitators, by key of the
 * protocol extension
 * @since 0.1.0
 */
public record PaymentOffers(ResourceInfo resource, List<PaymentRequirements> accepts, Map<String, Object> declared) {

	public PaymentOffers {
		accepts = List.copyOf(accepts);
		if (accepts.isEmpty()) {
			throw new IllegalArgumentException("There must be at least one offer");
		}
	}

	/**
	 * Create offers of which nothing is declared.
	 * @param resource what is sold
	 * @param accepts the offers in order of preference, at least one
	 */
	public PaymentOffers(ResourceInfo resource, List<PaymentRequirements> accepts) {
		this(resource, accepts, Map.of());
	}

	/**
	 * Return the price of a call that is paid by an offer.
	 * @param offer one of these offers
	 * @return the offer itself, or for a top-up the lowest one that its balance can pay,
	 * {@code null} if there is none
	 * @since 0.2.0
	 */
	public @Nullable PaymentRequirements priceOf(PaymentRequirements offer) {
		if (!offer.isTopUp()) {
			return offer;
		}
		return this.accepts.stream()
			.filter((other) -> !other.isTopUp() && other.isPaidLike(offer))
			.min(Comparator.comparing(PaymentRequirements::amount))
			.orElse(null);
	}

	/**
	 * Return the same offers with what the seller declares of the resource.
	 * @param declared the declarations, by key of the protocol extension
	 * @return the offers
	 */
	public PaymentOffers declaring(Map<String, Object> declared) {
		return new PaymentOffers(this.resource, this.accepts, declared);
	}

}
