/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.Map;

import org.springframework.http.HttpHeaders;

/**
 * What a response that is not stored says it depends on, written down so that its handler
 * runs again for requests with the same headers only.
 */
final class ResponseConditions {

	private ResponseConditions() {
	}

	/**
	 * Write down what a response depends on.
	 * @return the conditions, empty if there are none
	 */
	static byte[] of(RequestHead request, HttpHeaders headers) {
		Map<String, String> varying = RequestHeaderIdentity.varying(request, headers);
		return varying.isEmpty() ? new byte[0] : new StoredResponse(0, Map.of(), varying, new byte[0]).encode();
	}

	/**
	 * Return whether a request meets conditions that were written down.
	 */
	static boolean areMet(byte[] conditions, RequestHead request) {
		return RequestHeaderIdentity.matches(request, StoredResponse.decode(conditions));
	}

}
