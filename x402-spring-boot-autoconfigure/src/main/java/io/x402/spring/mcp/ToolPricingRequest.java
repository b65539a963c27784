/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.Map;

import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.x402.spring.pricing.PricingRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;

/**
 * A call of a tool as prices see it.
 *
 * @param nativeRequest the call
 */
record ToolPricingRequest(CallToolRequest nativeRequest) implements PricingRequest {

	@Override
	public String method() {
		return McpSchema.METHOD_TOOLS_CALL;
	}

	@Override
	public @Nullable PathContainer path() {
		return null;
	}

	@Override
	public Map<String, String> pathVariables() {
		return Map.of();
	}

	@Override
	public Map<String, Object> arguments() {
		Map<String, Object> arguments = this.nativeRequest.arguments();
		return (arguments != null) ? arguments : Map.of();
	}

}
