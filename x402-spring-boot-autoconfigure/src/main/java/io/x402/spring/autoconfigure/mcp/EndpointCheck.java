/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.mcp;

import java.util.List;
import java.util.Map;

import io.modelcontextprotocol.spec.McpServerTransportProviderBase;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.PricingRequest;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;

/**
 * Refuses routes that price the endpoint of an MCP server: a response with status 402
 * would break the handshake and the list of tools of every client.
 */
final class EndpointCheck implements SmartInitializingSingleton {

	private static final List<HttpMethod> METHODS = List.of(HttpMethod.POST, HttpMethod.GET, HttpMethod.DELETE);

	private final HandlerPricing pricing;

	private final Environment environment;

	private final ListableBeanFactory beanFactory;

	EndpointCheck(HandlerPricing pricing, Environment environment, ListableBeanFactory beanFactory) {
		this.pricing = pricing;
		this.environment = environment;
		this.beanFactory = beanFactory;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (isServer(McpServerTransportProviderBase.class) || isServer(McpStatelessServerTransport.class)) {
			checkEndpoints();
		}
	}

	private boolean isServer(Class<?> transport) {
		return this.beanFactory.getBeanNamesForType(transport, false, false).length > 0;
	}

	private void checkEndpoints() {
		String protocol = property("protocol", "SSE");
		if (protocol.equalsIgnoreCase("SSE")) {
			check(property("sse-endpoint", "/sse"));
			check(property("sse-message-endpoint", "/mcp/message"));
		}
		else {
			check(property("streamable-http.mcp-endpoint", "/mcp"));
		}
	}

	private String property(String name, String defaultValue) {
		return this.environment.getProperty("spring.ai.mcp.server." + name, defaultValue);
	}

	private void check(String path) {
		for (HttpMethod method : METHODS) {
			if (this.pricing.find(new EndpointRequest(method.name(), PathContainer.parsePath(path)), this) != null) {
				throw new InvalidPricingException("path", path,
						"a route prices the endpoint of the MCP server, whose clients cannot pay an HTTP response",
						"Price its tools instead, with @PaymentRequired or x402.mcp.tools, and leave the path out of "
								+ "x402.routes, or put a free route for it first.")
					.of("route of " + path);
			}
		}
	}

	/**
	 * A request to the endpoint.
	 *
	 * @param method HTTP method
	 * @param path the path
	 */
	private record EndpointRequest(String method, PathContainer path) implements PricingRequest {

		@Override
		public Map<String, String> pathVariables() {
			return Map.of();
		}

		@Override
		public Object nativeRequest() {
			return this;
		}

	}

}
