/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import io.x402.spring.web.CorsHeaders;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Adds the headers of the protocol to whatever CORS response the application gives: where
 * it lets an origin in, browser buyers of that origin may send payments and read offers
 * and receipts. Where the application has no CORS nothing changes.
 */
final class PaymentCorsWebFilter implements WebFilter, Ordered {

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		ServerHttpRequest request = exchange.getRequest();
		if (request.getHeaders().getOrigin() == null) {
			return chain.filter(exchange);
		}
		if (!CorsUtils.isPreFlightRequest(request)) {
			expose(exchange, HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, CorsHeaders.EXPOSED);
			return chain.filter(exchange);
		}
		CorsHeaders requested = CorsHeaders
			.requested(request.getHeaders().getOrEmpty(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS));
		if (requested.ofProtocol() != null) {
			expose(exchange, HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, requested.ofProtocol());
		}
		return chain.filter(exchange.mutate().request((builder) -> builder.headers((headers) -> {
			headers.remove(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
			if (requested.ofApplication() != null) {
				headers.set(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS, requested.ofApplication());
			}
		})).build());
	}

	private static void expose(ServerWebExchange exchange, String name, String value) {
		exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(() -> {
			HttpHeaders headers = exchange.getResponse().getHeaders();
			if (headers.getAccessControlAllowOrigin() != null) {
				headers.add(name, value);
			}
		}));
	}

}
