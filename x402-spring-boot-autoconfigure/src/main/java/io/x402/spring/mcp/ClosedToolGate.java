/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.x402.spring.protocol.PaymentCodec;

/**
 * Refuses all calls of priced tools: while payments are disabled, nothing is sold and
 * nothing becomes free.
 */
final class ClosedToolGate extends ToolGate {

	private final PaymentCodec codec;

	/**
	 * Create a gate.
	 * @param pricing finds prices
	 * @param codec encodes refusals
	 */
	ClosedToolGate(ToolPricing pricing, PaymentCodec codec) {
		super(pricing);
		this.codec = codec;
	}

	@Override
	ToolAdmission begin(Tool tool, CallToolRequest request) {
		return pricing().isPriced(request.name()) ? new ToolAdmission.Answered(ToolResults.unavailable(this.codec))
				: new ToolAdmission.Free(request);
	}

}
