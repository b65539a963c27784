/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import io.x402.spring.protocol.PaymentRequirements;

/**
 * Checks every offer that is known at startup. An offer that fails the check stops the
 * application.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface OfferCheck {

	/**
	 * Check an offer.
	 * @param offer the offer
	 * @throws InvalidPricingException if the offer cannot be made
	 */
	void check(PaymentRequirements offer);

}
