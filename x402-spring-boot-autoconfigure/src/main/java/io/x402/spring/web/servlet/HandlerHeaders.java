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

import io.x402.spring.web.ResponseRules;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The headers of a response as they were before its paid handler ran, and which of those
 * that it adds may be sent when.
 */
final class HandlerHeaders {

	private final HttpServletResponse response;

	private final Map<String, List<String>> before = new LinkedHashMap<>();

	private final Map<String, List<String>> aside = new LinkedHashMap<>();

	/** Names of the headers that the handler set, in lower case. */
	private final Set<String> own = ConcurrentHashMap.newKeySet();

	/** As they were before the container began to send them, which may change them. */
	private @Nullable HttpHeaders decided;

	HandlerHeaders(HttpServletResponse response) {
		this.response = response;
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
	 * The response is decided about and may be sent.
	 * @return its headers, from now on
	 */
	HttpHeaders decided() {
		HttpHeaders headers = this.decided;
		if (headers == null) {
			headers = of(this.response);
			this.decided = headers;
		}
		return headers;
	}

	/**
	 * The handler sets a header.
	 * @param frozen whether the response does not change any more
	 * @param error whether an error takes its place
	 * @return whether the header may be set
	 */
	boolean add(String name, boolean frozen, boolean error) {
		this.own.add(name.toLowerCase(Locale.ROOT));
		return !ResponseRules.isReserved(name) && (!frozen || (error && ResponseRules.isOfErrors(name)));
	}

	/**
	 * Drop everything and set again what was there before the handler.
	 */
	void restore() {
		this.response.reset();
		set(this.before);
	}

	private void set(Map<String, List<String>> headers) {
		// Some headers are there again after a reset, such as Date of Jetty
		headers.forEach((name, values) -> {
			this.response.setHeader(name, values.get(0));
			values.stream().skip(1).forEach((value) -> this.response.addHeader(name, value));
		});
	}

	/**
	 * Take away what the handler added and an uncharged response must not carry. What
	 * others add, such as security headers, stays.
	 * @param redirects whether it may redirect
	 */
	void withhold(boolean redirects) {
		for (String name : List.copyOf(this.response.getHeaderNames())) {
			String key = name.toLowerCase(Locale.ROOT);
			if (this.own.contains(key) && !ResponseRules.isOfErrors(name) && !(redirects && key.equals("location"))) {
				this.response.setHeader(name, null);
			}
		}
		set(this.before);
	}

	/**
	 * Take away what the handler added and an error must not carry, until it is known
	 * whether the response becomes one.
	 */
	void setAside() {
		for (String name : List.copyOf(this.response.getHeaderNames())) {
			if (this.own.contains(name.toLowerCase(Locale.ROOT)) && !ResponseRules.isOfErrors(name)) {
				this.aside.put(name, List.copyOf(this.response.getHeaders(name)));
				this.response.setHeader(name, null);
			}
		}
	}

	/**
	 * Set again what was set aside.
	 */
	void putBack() {
		set(this.aside);
		this.aside.clear();
	}

}
