/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import io.x402.spring.protocol.PaymentRequirements;

/**
 * Looks at every offer that is known at startup, and stops the application for one that
 * cannot be made.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface OfferCheck {

	/**
	 * Check an offer.
	 * @param offer the offer
	 * @throws InvalidPricingException if it cannot be made
	 */
	void check(PaymentRequirements offer);

}
