/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.List;
import java.util.Locale;

import io.x402.spring.web.ResponseRules;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * Status, headers and cookies of a response as they were before its paid handler ran, and
 * which of those that it adds may be sent when.
 */
final class HandlerHeaders {

	private final ServerHttpResponse response;

	private final HttpHeaders before = new HttpHeaders();

	private final MultiValueMap<String, ResponseCookie> cookiesBefore = new LinkedMultiValueMap<>();

	private final @Nullable Integer statusBefore;

	HandlerHeaders(ServerHttpResponse response) {
		this.response = response;
		response.getHeaders().forEach((name, values) -> this.before.put(name, List.copyOf(values)));
		response.getCookies().forEach((name, values) -> this.cookiesBefore.put(name, List.copyOf(values)));
		this.statusBefore = (response.getStatusCode() != null) ? response.getStatusCode().value() : null;
	}

	/**
	 * Return the headers that the response has now, cookies among them.
	 * @return a copy
	 */
	HttpHeaders current() {
		HttpHeaders headers = new HttpHeaders();
		this.response.getHeaders().forEach((name, values) -> headers.put(name, List.copyOf(values)));
		this.response.getCookies()
			.values()
			.forEach((cookies) -> cookies.forEach((cookie) -> headers.add(HttpHeaders.SET_COOKIE, cookie.toString())));
		return headers;
	}

	/**
	 * Drop everything and set again what was there before the handler.
	 */
	void restore() {
		HttpHeaders headers = this.response.getHeaders();
		headers.clear();
		set(headers);
		restoreCookies();
		this.response.setRawStatusCode(this.statusBefore);
	}

	private void set(HttpHeaders headers) {
		this.before.forEach((name, values) -> headers.put(name, values));
	}

	private void restoreCookies() {
		this.response.getCookies().clear();
		this.cookiesBefore.forEach((name, cookies) -> cookies.forEach(this.response::addCookie));
	}

	/**
	 * Take away what speaks for payments, whoever has set it.
	 */
	void dropReserved() {
		HttpHeaders headers = this.response.getHeaders();
		for (String name : List.copyOf(headers.headerNames())) {
			if (ResponseRules.isReserved(name) && !this.before.containsHeader(name)) {
				headers.remove(name);
			}
		}
	}

	/**
	 * Take away what the handler added and an uncharged response must not carry.
	 * @param redirects whether it may redirect
	 */
	void withhold(boolean redirects) {
		HttpHeaders headers = this.response.getHeaders();
		for (String name : List.copyOf(headers.headerNames())) {
			boolean location = redirects && name.toLowerCase(Locale.ROOT).equals("location");
			if (!ResponseRules.isOfErrors(name) && !location) {
				headers.remove(name);
			}
		}
		dropReserved();
		this.before.forEach((name, values) -> {
			if (!headers.containsHeader(name)) {
				headers.put(name, values);
			}
		});
		restoreCookies();
	}

}
