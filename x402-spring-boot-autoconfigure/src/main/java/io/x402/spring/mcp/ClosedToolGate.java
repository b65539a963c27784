/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.Tool;

/**
 * Refuses all calls of priced tools: while payments are disabled, nothing is sold and
 * nothing becomes free.
 *
 * @since 0.1.0
 */
public final class ClosedToolGate extends ToolGate {

	/**
	 * Create a gate.
	 * @param pricing finds prices
	 */
	public ClosedToolGate(ToolPricing pricing) {
		super(pricing);
	}

	@Override
	ToolCall begin(Tool tool, CallToolRequest request) {
		return pricing().isPriced(request.name()) ? new ToolCall.Answered(ToolResults.unavailable())
				: new ToolCall.Free(request);
	}

}
