/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;

/**
 * The headers of a response as they were before its paid handler ran, and which of those
 * that it adds may be sent when.
 */
final class HandlerHeaders {

	/** Headers that speak for this server's payments, whoever tries to set them. */
	private static final Set<String> RESERVED = Set.of("payment-required", "payment-response", "x-payment-response",
			"settlement-overrides");

	/** Headers that an error needs. Any other one of a handler may be sold. */
	private static final Set<String> OF_ERRORS = Set.of("accept", "accept-patch", "accept-post", "allow",
			"cache-control", "connection", "content-encoding", "content-language", "content-length", "content-type",
			"date", "expires", "pragma", "proxy-authenticate", "retry-after", "server", "vary", "www-authenticate",
			"ratelimit", "ratelimit-policy");

	private static final List<String> OF_ERRORS_BY_PREFIX = List.of("access-control-", "ratelimit-", "x-ratelimit-");

	private final Map<String, List<String>> before = new LinkedHashMap<>();

	private final Map<String, List<String>> aside = new LinkedHashMap<>();

	/** Names of the headers that the handler set, in lower case. */
	private final Set<String> own = ConcurrentHashMap.newKeySet();

	HandlerHeaders(HttpServletResponse response) {
		for (String name : response.getHeaderNames()) {
			this.before.put(name, List.copyOf(response.getHeaders(name)));
		}
	}

	/**
	 * Return the headers that a response has now.
	 * @param response the response
	 * @return a copy
	 */
	static HttpHeaders of(HttpServletResponse response) {
		HttpHeaders headers = new HttpHeaders();
		for (String name : response.getHeaderNames()) {
			headers.put(name, List.copyOf(response.getHeaders(name)));
		}
		if (response.getContentType() != null) {
			headers.set(HttpHeaders.CONTENT_TYPE, response.getContentType());
		}
		return headers;
	}

	/**
	 * Return whether a header is not for handlers to set. How a body is transferred is up
	 * to the container, which trusts the header more than itself.
	 */
	static boolean isReserved(String name) {
		return RESERVED.contains(name.toLowerCase(Locale.ROOT)) || HttpHeaders.TRANSFER_ENCODING.equalsIgnoreCase(name);
	}

	/**
	 * Drop everything and set again what was there before the handler.
	 */
	void restore(HttpServletResponse response) {
		response.reset();
		set(response, this.before);
	}

	private static void set(HttpServletResponse response, Map<String, List<String>> headers) {
		// Some headers are there again after a reset, such as Date of Jetty
		headers.forEach((name, values) -> {
			response.setHeader(name, values.get(0));
			values.stream().skip(1).forEach((value) -> response.addHeader(name, value));
		});
	}

	/**
	 * The handler sets a header.
	 */
	void add(String name) {
		this.own.add(name.toLowerCase(Locale.ROOT));
	}

	/**
	 * Take away what the handler added and an uncharged response must not carry. What
	 * others add, such as security headers, stays.
	 * @param response the response
	 * @param redirects whether it may redirect
	 */
	void withhold(HttpServletResponse response, boolean redirects) {
		for (String name : List.copyOf(response.getHeaderNames())) {
			String key = name.toLowerCase(Locale.ROOT);
			if (this.own.contains(key) && !isOfErrors(name) && !(redirects && key.equals("location"))) {
				response.setHeader(name, null);
			}
		}
		set(response, this.before);
	}

	/**
	 * Take away what the handler added and an error must not carry, until it is known
	 * whether the response becomes one.
	 */
	void setAside(HttpServletResponse response) {
		for (String name : List.copyOf(response.getHeaderNames())) {
			if (this.own.contains(name.toLowerCase(Locale.ROOT)) && !isOfErrors(name)) {
				this.aside.put(name, List.copyOf(response.getHeaders(name)));
				response.setHeader(name, null);
			}
		}
	}

	/**
	 * Set again what was set aside.
	 */
	void putBack(HttpServletResponse response) {
		set(response, this.aside);
		this.aside.clear();
	}

	/**
	 * Return whether an error may carry a header.
	 */
	static boolean isOfErrors(String name) {
		String key = name.toLowerCase(Locale.ROOT);
		return OF_ERRORS.contains(key) || OF_ERRORS_BY_PREFIX.stream().anyMatch(key::startsWith);
	}

}
