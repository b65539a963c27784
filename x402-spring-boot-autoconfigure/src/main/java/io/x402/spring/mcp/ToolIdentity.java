/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.List;
import java.util.Map;

import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import io.x402.spring.payment.RequestIdentity;
import io.x402.spring.protocol.PayloadDigest;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells calls apart: name of the tool and its arguments, in any order of their members.
 */
final class ToolIdentity {

	private static final JsonMapper CANONICAL = JsonMapper.builder()
		.enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
		// The text "Infinity" is another argument than a number beyond all
		.disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
		.build();

	private ToolIdentity() {
	}

	static RequestIdentity of(Tool tool, CallToolRequest request) {
		Map<String, Object> arguments = (request.arguments() != null) ? request.arguments() : Map.of();
		byte[] call = CANONICAL.writeValueAsBytes(List.of(request.name(), arguments));
		boolean readOnly = readOnly(tool.annotations());
		RequestIdentity identity = new RequestIdentity("mcp tool/" + request.name(),
				PayloadDigest.of(call, 0, call.length), readOnly || idempotent(tool.annotations()));
		return readOnly ? identity : identity.changing();
	}

	private static boolean readOnly(@Nullable ToolAnnotations annotations) {
		return annotations != null && Boolean.TRUE.equals(annotations.readOnlyHint());
	}

	private static boolean idempotent(@Nullable ToolAnnotations annotations) {
		return annotations != null && Boolean.TRUE.equals(annotations.idempotentHint());
	}

}
