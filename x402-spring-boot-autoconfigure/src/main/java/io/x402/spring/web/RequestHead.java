/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A request without its body, as the client sent it, whichever transport it came over.
 *
 * @since 0.1.0
 */
public interface RequestHead {

	/**
	 * Return the method.
	 * @return an HTTP method, in the case it was sent in
	 */
	String method();

	/**
	 * Return the path.
	 * @return the path as it was encoded
	 */
	String path();

	/**
	 * Return the query.
	 * @return the query as it was encoded, or {@code null} if there is none
	 */
	@Nullable String query();

	/**
	 * Return the values of a header, one for each line of it.
	 * @param name name of the header, in any case
	 * @return the values, none if the header is absent
	 */
	List<String> headers(String name);

	/**
	 * Return the first value of a header.
	 * @param name name of the header, in any case
	 * @return the value, or {@code null} if the header is absent
	 */
	default @Nullable String header(String name) {
		List<String> values = headers(name);
		return values.isEmpty() ? null : values.get(0);
	}

	/**
	 * Return the body of a request that is refused, so that a page can repeat it.
	 * @param limit number of bytes of the longest body that is returned
	 * @return the whole body, empty if there is none, or {@code null} if it is longer or
	 * can no longer be read
	 */
	default byte @Nullable [] body(int limit) {
		return RequestRules.isSafe(method()) ? new byte[0] : null;
	}

	/**
	 * Return who is logged in.
	 * @return name of the user, or {@code null} if the request is anonymous
	 */
	@Nullable String user();

	/**
	 * Return the network address of the client, as far as the seller's own infrastructure
	 * knows it, never from a header that anybody may send.
	 * @return the address, or {@code null} if it is unknown
	 */
	default @Nullable String clientAddress() {
		return null;
	}

}
