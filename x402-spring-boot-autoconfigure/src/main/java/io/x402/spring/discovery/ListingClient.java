/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.io.IOException;
import java.net.URI;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of a {@link ListingCheck}.
 */
@FunctionalInterface
interface ListingClient {

	/**
	 * Send a request without a body. Redirects are not followed.
	 * @param method HTTP method
	 * @param url the URL
	 * @param headers headers of the request
	 * @return the response
	 * @throws IOException if there is none
	 */
	Response send(String method, URI url, Map<String, String> headers) throws IOException;

	/**
	 * A response.
	 *
	 * @param status HTTP status
	 * @param contentType media type of the body, or {@code null} if it has none
	 * @param paymentRequired value of the {@code PAYMENT-REQUIRED} header, or
	 * {@code null}
	 * @param body the body
	 */
	record Response(int status, @Nullable String contentType, @Nullable String paymentRequired, byte[] body) {

	}

}
