/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.pricing.Pricing;
import org.jspecify.annotations.Nullable;

/**
 * Decides about every call of a tool before its handler runs.
 *
 * @since 0.1.0
 */
public abstract class ToolGate {

	private final ToolPricing pricing;

	ToolGate(ToolPricing pricing) {
		this.pricing = pricing;
	}

	ToolPricing pricing() {
		return this.pricing;
	}

	/**
	 * Return the price of a tool as it is listed.
	 * @return the price, or {@code null} if the tool is free
	 * @throws InvalidPricingException if its price cannot be offered
	 */
	@Nullable Pricing price(String tool) {
		return this.pricing.find(tool);
	}

	/**
	 * Decide about a call. May block while a payment is verified.
	 * @param tool the tool
	 * @param request the call
	 * @return what becomes of it
	 */
	abstract ToolAdmission begin(Tool tool, CallToolRequest request);

}
