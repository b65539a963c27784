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
import org.springframework.http.HttpStatusCode;
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

	private final Head before;

	private volatile Head decided;

	HandlerHeaders(ServerHttpResponse response) {
		this.response = response;
		this.before = Head.of(response);
		this.decided = this.before;
	}

	/**
	 * What is there now is decided about.
	 */
	void decide() {
		this.decided = Head.of(this.response);
	}

	/**
	 * Take back what the handler has changed since it was decided about. Its source may
	 * be ahead of what is read.
	 */
	void restoreDecided() {
		this.decided.putInto(this.response);
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
		this.before.putInto(this.response);
	}

	/**
	 * Take away what speaks for payments, whoever has set it.
	 */
	void dropReserved() {
		HttpHeaders headers = this.response.getHeaders();
		for (String name : List.copyOf(headers.headerNames())) {
			if (ResponseRules.isReserved(name) && !this.before.headers.containsHeader(name)) {
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
		this.before.headers.forEach((name, values) -> {
			if (!headers.containsHeader(name)) {
				headers.put(name, values);
			}
		});
		this.before.putCookiesInto(this.response);
	}

	/**
	 * Status, headers and cookies at one moment.
	 */
	private record Head(@Nullable Integer status, HttpHeaders headers, MultiValueMap<String, ResponseCookie> cookies) {

		static Head of(ServerHttpResponse response) {
			HttpHeaders headers = new HttpHeaders();
			response.getHeaders().forEach((name, values) -> headers.put(name, List.copyOf(values)));
			MultiValueMap<String, ResponseCookie> cookies = new LinkedMultiValueMap<>();
			response.getCookies().forEach((name, values) -> cookies.put(name, List.copyOf(values)));
			HttpStatusCode status = response.getStatusCode();
			return new Head((status != null) ? status.value() : null, headers, cookies);
		}

		void putInto(ServerHttpResponse response) {
			HttpHeaders target = response.getHeaders();
			target.clear();
			this.headers.forEach((name, values) -> target.put(name, values));
			putCookiesInto(response);
			response.setRawStatusCode(this.status);
		}

		void putCookiesInto(ServerHttpResponse response) {
			response.getCookies().clear();
			this.cookies.forEach((name, values) -> values.forEach(response::addCookie));
		}

	}

}
