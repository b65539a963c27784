/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

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

	/** The official browser buyers send that response header as a request header. */
	private static final Set<String> ALLOWED = Set.of("payment-signature", "x-payment", "accept-payment",
			"payment-authorization", "x402-pass", "sign-in-with-x", "access-control-expose-headers");

	private static final String EXPOSED = "PAYMENT-REQUIRED, PAYMENT-RESPONSE, X-PAYMENT-RESPONSE, WWW-Authenticate, Payment-Receipt, Retry-After, Idempotent-Replayed, "
			+ "X402-Pass, X402-Pass-Expires, X402-Pass-Remaining, X402-Pass-Policy, X402-Credit-Balance";

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
			expose(exchange, HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
			return chain.filter(exchange);
		}
		List<String> hidden = new ArrayList<>();
		List<String> left = new ArrayList<>();
		request.getHeaders()
			.getOrEmpty(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS)
			.stream()
			.flatMap((value) -> Arrays.stream(value.split(",")))
			.map(String::trim)
			.forEach((name) -> (ALLOWED.contains(name.toLowerCase(Locale.ROOT)) ? hidden : left).add(name));
		if (!hidden.isEmpty()) {
			expose(exchange, HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, String.join(", ", hidden));
		}
		return chain.filter(exchange.mutate().request((builder) -> builder.headers((headers) -> {
			headers.remove(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
			if (!left.isEmpty()) {
				headers.set(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS, String.join(", ", left));
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
