/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.function.BiFunction;

import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import org.jspecify.annotations.Nullable;

/**
 * What the specifications of all four kinds of servers have in common.
 *
 * @param tool the description
 * @param handler the handler
 */
record SpecifiedTool(Tool tool, BiFunction<?, ?, ?> handler) {

	/**
	 * Read a specification.
	 * @return its tool, or {@code null} if the object is no specification
	 */
	static @Nullable SpecifiedTool of(Object object) {
		if (object instanceof McpServerFeatures.SyncToolSpecification sync) {
			return new SpecifiedTool(sync.tool(), sync.callHandler());
		}
		if (object instanceof McpServerFeatures.AsyncToolSpecification async) {
			return new SpecifiedTool(async.tool(), async.callHandler());
		}
		if (object instanceof McpStatelessServerFeatures.SyncToolSpecification sync) {
			return new SpecifiedTool(sync.tool(), sync.callHandler());
		}
		if (object instanceof McpStatelessServerFeatures.AsyncToolSpecification async) {
			return new SpecifiedTool(async.tool(), async.callHandler());
		}
		return null;
	}

	static boolean isSpecification(Object object) {
		return of(object) != null;
	}

}
