/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;

/**
 * Request with conditions that may turn out to be let in by a pass or as a free call.
 * Once it is, its handler sees no conditions, as with a payment: an unchanged
 * representation would be confirmed again and again for nothing. Changes nothing before.
 */
final class UnconditionalExchange extends ServerWebExchangeDecorator {

	private static final List<String> CONDITIONS = List.of(HttpHeaders.IF_NONE_MATCH, HttpHeaders.IF_MODIFIED_SINCE,
			HttpHeaders.IF_MATCH, HttpHeaders.IF_UNMODIFIED_SINCE, HttpHeaders.IF_RANGE);

	private final UnpaidCall call;

	private final ServerHttpRequest request;

	/**
	 * Create an exchange.
	 * @param exchange the request with conditions, and its response
	 * @param call knows whether it is let in
	 */
	UnconditionalExchange(ServerWebExchange exchange, UnpaidCall call) {
		super(exchange);
		this.call = call;
		this.request = new Request(exchange.getRequest());
	}

	/**
	 * Return whether a request has conditions.
	 */
	static boolean isNeededFor(ServerHttpRequest request) {
		HttpHeaders headers = request.getHeaders();
		for (String condition : CONDITIONS) {
			if (headers.containsHeader(condition)) {
				return true;
			}
		}
		return false;
	}

	private boolean isLetIn() {
		return !this.call.access().isEmpty();
	}

	@Override
	public ServerHttpRequest getRequest() {
		return this.request;
	}

	@Override
	public boolean checkNotModified(Instant lastModified) {
		return checkNotModified(null, lastModified);
	}

	@Override
	public boolean checkNotModified(String etag) {
		return checkNotModified(etag, Instant.MIN);
	}

	/**
	 * The exchange of the server compares with the headers that it was made of.
	 */
	@Override
	public boolean checkNotModified(@Nullable String etag, Instant lastModified) {
		if (!isLetIn() || isGuarded()) {
			return super.checkNotModified(etag, lastModified);
		}
		HttpHeaders headers = getResponse().getHeaders();
		if (etag != null && !etag.isEmpty() && headers.getETag() == null) {
			headers.setETag(etag);
		}
		if (lastModified.isAfter(Instant.EPOCH) && headers.getLastModified() < 0) {
			headers.setLastModified(lastModified);
		}
		return false;
	}

	/**
	 * Conditions that guard a change stay.
	 */
	private boolean isGuarded() {
		HttpHeaders visible = this.request.getHeaders();
		return visible.containsHeader(HttpHeaders.IF_MATCH) || visible.containsHeader(HttpHeaders.IF_UNMODIFIED_SINCE)
				|| visible.containsHeader(HttpHeaders.IF_NONE_MATCH);
	}

	private final class Request extends ServerHttpRequestDecorator {

		private final HttpHeaders unconditional;

		Request(ServerHttpRequest request) {
			super(request);
			this.unconditional = PaidServerRequest.visible(request);
		}

		@Override
		public HttpHeaders getHeaders() {
			return isLetIn() ? this.unconditional : super.getHeaders();
		}

	}

}
