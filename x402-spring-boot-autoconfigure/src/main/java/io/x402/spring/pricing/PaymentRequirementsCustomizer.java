/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import io.x402.spring.protocol.PaymentRequirements;

/**
 * Changes offers before they are made, for example to add what a scheme needs in
 * {@code extra}. Called once for a static offer, for each request for another; the result
 * has to be the same for the offer and for the paid request.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PaymentRequirementsCustomizer {

	/**
	 * Change an offer.
	 * @param requirements the offer
	 * @return the offer to make
	 */
	PaymentRequirements customize(PaymentRequirements requirements);

}
