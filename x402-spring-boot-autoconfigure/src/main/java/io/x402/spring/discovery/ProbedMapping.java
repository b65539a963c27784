/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.x402.spring.pricing.PricedHandler;
import io.x402.spring.pricing.PricingRequest;

import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;

/**
 * A mapping as indexes request it, before there is a request.
 *
 * @param method HTTP method
 * @param pattern the path pattern, within the application
 */
record ProbedMapping(String method, String pattern) implements PricingRequest {

	/**
	 * Return the mappings of a handler.
	 */
	static Stream<ProbedMapping> of(PricedHandler handler) {
		return of(handler.paths(), methods(handler.methods()));
	}

	/**
	 * Return the mappings of a handler that a route prices in part.
	 * @param handler the handler
	 * @param priced the methods that the route prices, empty for all
	 */
	static Stream<ProbedMapping> of(PricedHandler handler, Set<HttpMethod> priced) {
		Set<HttpMethod> methods = new HashSet<>(handler.methods().isEmpty() ? priced : handler.methods());
		if (!priced.isEmpty()) {
			methods.retainAll(priced);
		}
		boolean none = methods.isEmpty() && !priced.isEmpty();
		return none ? Stream.empty() : of(handler.paths(), methods(methods));
	}

	private static Stream<ProbedMapping> of(Set<String> paths, List<String> methods) {
		return paths.stream()
			.flatMap((pattern) -> methods.stream().map((method) -> new ProbedMapping(method, pattern)));
	}

	/**
	 * Return the methods by which indexes request a mapping.
	 */
	static List<String> methods(Set<HttpMethod> methods) {
		return methods.isEmpty() ? List.of("GET") : methods.stream().map(HttpMethod::name).sorted().toList();
	}

	@Override
	public PathContainer path() {
		String path = RouteTemplate.plain(this.pattern);
		return PathContainer.parsePath((path != null) ? RouteTemplate.named(path) : "/");
	}

	@Override
	public Map<String, String> pathVariables() {
		Map<String, String> variables = new HashMap<>();
		RouteTemplate.of("", this.pattern).variables().forEach((name) -> variables.put(name, name));
		return variables;
	}

	@Override
	public Object nativeRequest() {
		throw new IllegalStateException("Mappings are described at startup, without a request");
	}

	@Override
	public String toString() {
		return this.method + " " + this.pattern;
	}

}
