/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.Map;

import io.x402.spring.pricing.PricingRequest;
import io.x402.spring.web.RequestFingerprint;
import io.x402.spring.web.RequestRules;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.server.ServerWebExchange;

/**
 * A request of WebFlux as prices see it.
 *
 * @param nativeRequest the request
 */
record ServerPricingRequest(ServerWebExchange nativeRequest) implements PricingRequest {

	@Override
	public String method() {
		return this.nativeRequest.getRequest().getMethod().name();
	}

	@Override
	public PathContainer path() {
		return this.nativeRequest.getRequest().getPath().pathWithinApplication();
	}

	@Override
	public @Nullable String pattern() {
		Object pattern = this.nativeRequest.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
		return (pattern != null) ? pattern.toString() : null;
	}

	@Override
	public String traits() {
		ServerHttpRequest request = this.nativeRequest.getRequest();
		return RequestFingerprint.traits(new ServerRequestHead(request).withAddress(ClientAddress.of(request)),
				request.getHeaders().headerNames());
	}

	@Override
	public Map<String, String> pathVariables() {
		return RequestRules.pathVariables(
				this.nativeRequest.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE),
				this.nativeRequest.getAttribute(RouterFunctions.URI_TEMPLATE_VARIABLES_ATTRIBUTE));
	}

}
