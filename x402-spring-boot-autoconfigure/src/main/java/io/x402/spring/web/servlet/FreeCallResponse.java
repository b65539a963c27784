/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.Locale;

import io.x402.spring.access.FreeCall;
import io.x402.spring.web.PaymentReceipts;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

import org.springframework.http.HttpHeaders;

/**
 * Response to a request without a payment. Once it is that of a free call, its handler
 * cannot let shared caches store it. Changes nothing before.
 */
final class FreeCallResponse extends HttpServletResponseWrapper {

	private boolean free;

	FreeCallResponse(HttpServletResponse response) {
		super(response);
	}

	/**
	 * Show the rest of the quota to the client.
	 * @param call a free call, granted or not
	 */
	void show(FreeCall call) {
		super.setHeader("RateLimit-Policy", call.policy());
		super.setHeader("RateLimit", call.rest());
		if (call.isGranted() && !this.free) {
			this.free = true;
			keepPrivate();
		}
	}

	@Override
	public void setHeader(String name, String value) {
		super.setHeader(name, value);
		if (this.free && isCaching(name)) {
			keepPrivate();
		}
	}

	@Override
	public void addHeader(String name, String value) {
		super.addHeader(name, value);
		if (this.free && isCaching(name)) {
			keepPrivate();
		}
	}

	/**
	 * Without the listeners above, which would come back here.
	 */
	private void keepPrivate() {
		PaymentReceipts.keepPrivate(new ServletResponseHeaders((HttpServletResponse) getResponse()));
	}

	private static boolean isCaching(String name) {
		String lower = name.toLowerCase(Locale.ROOT);
		return lower.equals(HttpHeaders.CACHE_CONTROL.toLowerCase(Locale.ROOT)) || lower.endsWith("-cache-control")
				|| lower.equals("surrogate-control") || lower.equals("x-accel-expires");
	}

}
