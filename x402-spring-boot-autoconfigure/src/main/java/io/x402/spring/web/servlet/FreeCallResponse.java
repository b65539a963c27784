/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.Locale;

import io.x402.spring.access.Access;
import io.x402.spring.web.PaymentReceipts;
import io.x402.spring.web.ResponseRules;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

import org.springframework.http.HttpHeaders;

/**
 * Response to a request that may turn out to be free for its caller. Once it is, its
 * handler cannot let shared caches store it. Changes nothing before.
 */
final class FreeCallResponse extends HttpServletResponseWrapper {

	private final HttpServletRequest request;

	private boolean free;

	FreeCallResponse(HttpServletRequest request, HttpServletResponse response) {
		super(response);
		this.request = request;
	}

	/**
	 * Show the client what is left of its access.
	 * @param access access without payment, granted or not
	 */
	void show(Access access) {
		access.headers().forEach(super::setHeader);
		if (access.isGranted()) {
			free();
		}
	}

	/**
	 * The response is for this caller alone. Until its handler says how it may be stored,
	 * stricter defaults of the application apply.
	 */
	void free() {
		if (!this.free) {
			this.free = true;
			if (!containsHeader(HttpHeaders.CACHE_CONTROL)) {
				PaymentAttributes.of(this.request).addCaching();
			}
			keepPrivate();
		}
	}

	@Override
	public void setHeader(String name, String value) {
		if (this.free && ResponseRules.isReserved(name)) {
			return;
		}
		super.setHeader(name, value);
		if (this.free && isCaching(name)) {
			PaymentAttributes.of(this.request).chooseCaching();
			keepPrivate();
		}
	}

	@Override
	public void addHeader(String name, String value) {
		if (this.free && ResponseRules.isReserved(name)) {
			return;
		}
		super.addHeader(name, value);
		if (this.free && isCaching(name)) {
			PaymentAttributes.of(this.request).chooseCaching();
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
