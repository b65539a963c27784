/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import io.x402.spring.protocol.PaymentRequirements;

/**
 * Customizes offers, for example to add entries to {@code extra}. Called once for a
 * static offer, and for each request if the offer depends on the request. The result for
 * the unpaid and the paid request must be the same, or the payment matches no offer.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PaymentRequirementsCustomizer {

	/**
	 * Customize an offer.
	 * @param requirements the offer
	 * @return the customized offer
	 */
	PaymentRequirements customize(PaymentRequirements requirements);

}
