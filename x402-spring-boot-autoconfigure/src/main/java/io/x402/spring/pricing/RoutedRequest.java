/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;

/**
 * A request that a route prices, with the path variables of the route.
 *
 * @param request the request
 * @param routeVariables the path variables of the route, which win over those of the
 * handler
 */
record RoutedRequest(PricingRequest request, Map<String, String> routeVariables) implements PricingRequest {

	@Override
	public String method() {
		return this.request.method();
	}

	@Override
	public @Nullable PathContainer path() {
		return this.request.path();
	}

	@Override
	public Map<String, String> pathVariables() {
		Map<String, String> variables = new HashMap<>(this.request.pathVariables());
		variables.putAll(this.routeVariables);
		return variables;
	}

	@Override
	public @Nullable String pattern() {
		return this.request.pattern();
	}

	@Override
	public Map<String, Object> arguments() {
		return this.request.arguments();
	}

	@Override
	public String traits() {
		return this.request.traits();
	}

	@Override
	public Object nativeRequest() {
		return this.request.nativeRequest();
	}

}
