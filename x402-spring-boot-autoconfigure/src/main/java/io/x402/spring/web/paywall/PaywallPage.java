/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.paywall;

import io.x402.spring.payment.PaymentOffers;

/**
 * Renders the page that a person sees who opens a priced resource in a browser.
 *
 * @since 0.2.0
 */
@FunctionalInterface
public interface PaywallPage {

	/**
	 * Render the page.
	 * @param request the request that was not paid
	 * @param offers offers for it
	 * @return the page
	 */
	PaywallDocument render(PaywallRequest request, PaymentOffers offers);

}
