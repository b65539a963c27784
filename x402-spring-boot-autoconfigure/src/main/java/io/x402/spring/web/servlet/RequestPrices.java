/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.List;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.web.servlet.ProtectedRequestPolicy.Decision;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * What a request costs, and whether it is charged.
 */
final class RequestPrices {

	private final HandlerPricing pricing;

	private final ResourceUrlResolver urls;

	private final List<ProtectedRequestPolicy> policies;

	/**
	 * Create the prices.
	 * @param pricing finds prices
	 * @param urls finds public URLs
	 * @param policies decide about priced requests, in order
	 */
	RequestPrices(HandlerPricing pricing, ResourceUrlResolver urls, List<ProtectedRequestPolicy> policies) {
		this.pricing = pricing;
		this.urls = urls;
		this.policies = policies;
	}

	/**
	 * Find the price of a handler for a request.
	 * @return the price, or {@code null} if the handler has none
	 */
	@Nullable PricedRequest find(HttpServletRequest request, Object handler) {
		return this.pricing.find(new ServletPricingRequest(request), handler);
	}

	/**
	 * Return whether a price that lets requests in without a payment became known after
	 * requests had begun.
	 */
	boolean areLetInLate() {
		return this.pricing.isLetInLate();
	}

	/**
	 * Return the offers for a request.
	 * @return the offers, or {@code null} if it is free
	 */
	@Nullable PaymentOffers offers(HttpServletRequest request, PricedRequest priced) {
		return priced.offers(this.urls.resolve(request));
	}

	/**
	 * Decide about a request that has offers, by the first policy that does.
	 */
	Decision decide(HttpServletRequest request, PaymentOffers offers) {
		for (ProtectedRequestPolicy policy : this.policies) {
			Decision decision = policy.decide(request, offers);
			if (decision != Decision.CHARGE) {
				return decision;
			}
		}
		return Decision.CHARGE;
	}

}
