/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.function.Function;

import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;

/**
 * Whether a call of a tool gets to its handler.
 */
sealed interface ToolAdmission {

	/**
	 * Return what follows from this admission.
	 * @param <R> type of what follows
	 * @param free if the handler runs for nothing
	 * @param answered if it does not run
	 * @param paid if it runs for a payment
	 */
	<R> R fold(Function<CallToolRequest, R> free, Function<CallToolResult, R> answered, Function<PaidRun, R> paid);

	/**
	 * The handler runs, and nothing is charged. No client can tell it that something was
	 * paid.
	 *
	 * @param request the call
	 */
	record Free(CallToolRequest request) implements ToolAdmission {

		public Free {
			request = ToolPayments.withoutVerified(request);
		}

		@Override
		public <R> R fold(Function<CallToolRequest, R> free, Function<CallToolResult, R> answered,
				Function<PaidRun, R> paid) {
			return free.apply(this.request);
		}

	}

	/**
	 * The handler does not run.
	 *
	 * @param result the result in its place
	 */
	record Answered(CallToolResult result) implements ToolAdmission {

		@Override
		public <R> R fold(Function<CallToolRequest, R> free, Function<CallToolResult, R> answered,
				Function<PaidRun, R> paid) {
			return answered.apply(this.result);
		}

	}

	/**
	 * The handler runs for a payment, which decides about its result.
	 *
	 * @param run the paid run
	 */
	record Paid(PaidRun run) implements ToolAdmission {

		@Override
		public <R> R fold(Function<CallToolRequest, R> free, Function<CallToolResult, R> answered,
				Function<PaidRun, R> paid) {
			return paid.apply(this.run);
		}

	}

}
