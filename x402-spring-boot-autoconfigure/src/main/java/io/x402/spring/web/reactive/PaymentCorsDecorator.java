/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import io.x402.spring.web.CorsHeaders;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.cors.reactive.CorsUtils;

/**
 * Adds the headers of the protocol to whatever CORS response the application gives: where
 * it lets an origin in, browser buyers of that origin may send payments and read offers
 * and receipts. Where the application has no CORS nothing changes.
 */
final class PaymentCorsDecorator implements HttpHandlerDecoratorFactory {

	@Override
	public HttpHandler apply(HttpHandler handler) {
		return (request, response) -> {
			if (request.getHeaders().getOrigin() == null) {
				return handler.handle(request, response);
			}
			if (!CorsUtils.isPreFlightRequest(request)) {
				expose(response, HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, CorsHeaders.EXPOSED);
				return handler.handle(request, response);
			}
			CorsHeaders requested = CorsHeaders
				.requested(request.getHeaders().getOrEmpty(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS));
			if (requested.ofProtocol() != null) {
				expose(response, HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, requested.ofProtocol());
			}
			return handler.handle(request.mutate().headers((headers) -> {
				headers.remove(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
				if (requested.ofApplication() != null) {
					headers.set(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS, requested.ofApplication());
				}
			}).build(), response);
		};
	}

	private static void expose(ServerHttpResponse response, String name, String value) {
		response.beforeCommit(() -> Mono.fromRunnable(() -> {
			HttpHeaders headers = response.getHeaders();
			if (headers.getAccessControlAllowOrigin() != null) {
				headers.add(name, value);
			}
		}));
	}

}
