/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;

import io.x402.spring.pricing.PaymentChallenge;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Responds to a priced request that is not served.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PaymentRequiredEntryPoint {

	/**
	 * Write the whole response.
	 * @param request the request
	 * @param response the response, not committed; must be written through its output
	 * stream
	 * @param challenge what to tell the buyer
	 * @throws IOException if the buyer is gone
	 */
	void commence(HttpServletRequest request, HttpServletResponse response, PaymentChallenge challenge)
			throws IOException;

}
