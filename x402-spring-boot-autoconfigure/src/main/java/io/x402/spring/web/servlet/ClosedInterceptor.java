/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;

import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.web.PaymentReceipts;
import io.x402.spring.web.RedeliverySettings;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Closes every priced handler while payments are switched off.
 */
final class ClosedInterceptor implements HandlerInterceptor {

	private final HandlerPricing pricing;

	private final PaymentRefusals refusals;

	/**
	 * Create an interceptor.
	 * @param pricing finds prices
	 * @param codec encodes the body of refusals
	 * @param entryPoint responds to requests that are not served
	 */
	ClosedInterceptor(HandlerPricing pricing, PaymentCodec codec, PaymentRequiredEntryPoint entryPoint) {
		this.pricing = pricing;
		this.refusals = new PaymentRefusals(codec, new PaymentReceipts(codec, RedeliverySettings.disabled()),
				entryPoint);
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
			throws IOException {
		boolean free = !isPriced(request, handler);
		if (!free) {
			this.refusals.unavailable(request, response);
		}
		return free;
	}

	private boolean isPriced(HttpServletRequest request, Object handler) {
		try {
			return this.pricing.find(new ServletPricingRequest(request), handler) != null;
		}
		catch (InvalidPricingException ex) {
			return true;
		}
	}

}
