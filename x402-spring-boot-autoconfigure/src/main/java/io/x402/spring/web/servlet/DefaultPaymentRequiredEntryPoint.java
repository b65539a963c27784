/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;

import io.x402.spring.pricing.PaymentChallenge;
import io.x402.spring.web.RefusalDocument;
import io.x402.spring.web.RefusalDocuments;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Sends the {@link RefusalDocuments refusal document}.
 *
 * @since 0.1.0
 */
public final class DefaultPaymentRequiredEntryPoint implements PaymentRequiredEntryPoint {

	private final RefusalDocuments documents;

	/**
	 * Create an entry point.
	 * @param documents makes the responses
	 */
	public DefaultPaymentRequiredEntryPoint(RefusalDocuments documents) {
		this.documents = documents;
	}

	@Override
	public void commence(HttpServletRequest request, HttpServletResponse response, PaymentChallenge challenge)
			throws IOException {
		RefusalDocument document = this.documents.of(new ServletRequestHead(request), challenge);
		response.setStatus(document.status());
		document.addTo(new ServletResponseHeaders(response));
		response.getOutputStream().write(document.body());
	}

}
