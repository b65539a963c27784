/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.reactive;

import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PricedHandler;

/**
 * Refuses prices with terms that are not kept on WebFlux.
 */
final class UnsupportedPrices {

	private UnsupportedPrices() {
	}

	static void check(PricedHandler handler) {
		if (handler.pricing().isTransactional()) {
			throw new InvalidPricingException("transactional", "true",
					"a transaction on WebFlux cannot be held until its payment is settled",
					"Leave transactional out, or sell this handler on Spring MVC.")
				.of(handler.source());
		}
	}

}
