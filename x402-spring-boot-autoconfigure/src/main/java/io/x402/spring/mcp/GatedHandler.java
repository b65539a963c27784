/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.function.BiFunction;

import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;

/**
 * The handler of a tool behind the gate.
 *
 * @param <C> the context of a call
 * @param <R> type of the result
 * @param original the handler without the gate
 * @param gated the handler with the gate before it
 */
record GatedHandler<C, R>(BiFunction<C, CallToolRequest, R> original,
		BiFunction<C, CallToolRequest, R> gated) implements BiFunction<C, CallToolRequest, R> {

	@Override
	public R apply(C context, CallToolRequest request) {
		return this.gated.apply(context, request);
	}

	/**
	 * Return a handler without the gate.
	 */
	static <C, R> BiFunction<C, CallToolRequest, R> original(BiFunction<C, CallToolRequest, R> handler) {
		return (handler instanceof GatedHandler<C, R> gated) ? gated.original() : handler;
	}

}
