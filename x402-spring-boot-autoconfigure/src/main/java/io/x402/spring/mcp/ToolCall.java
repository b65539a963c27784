/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;

/**
 * What becomes of a call.
 */
sealed interface ToolCall {

	/**
	 * The handler runs, and nothing is charged.
	 *
	 * @param request the call
	 */
	record Free(CallToolRequest request) implements ToolCall {

	}

	/**
	 * The handler does not run.
	 *
	 * @param result the result in its place
	 */
	record Answered(CallToolResult result) implements ToolCall {

	}

	/**
	 * The handler runs for a payment, which decides about its result.
	 *
	 * @param run the paid run
	 */
	record Paid(PaidRun run) implements ToolCall {

	}

}
