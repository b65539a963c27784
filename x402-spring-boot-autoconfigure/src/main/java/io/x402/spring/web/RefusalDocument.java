/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import org.springframework.http.HttpHeaders;

/**
 * Response to a priced request that is not served, whole.
 *
 * @param status HTTP status
 * @param headers headers besides those of the payment
 * @param body the body
 * @since 0.1.0
 */
public record RefusalDocument(int status, HttpHeaders headers, byte[] body) {

	/**
	 * Add the headers to a response; those that it has stay, unless they speak for the
	 * body.
	 * @param response headers of the response
	 */
	public void addTo(ResponseHeaders response) {
		this.headers.forEach((name, values) -> {
			if (HttpHeaders.VARY.equalsIgnoreCase(name)) {
				values.forEach((value) -> response.add(name, value));
			}
			else {
				response.set(name, values);
			}
		});
	}

}
