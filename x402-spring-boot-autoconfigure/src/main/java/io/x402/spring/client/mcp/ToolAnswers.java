/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client.mcp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.x402.spring.client.PaidCall;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Reads the responses of servers of all dialects. Official ones ask for a payment in
 * structured content and in text, Cloudflare's in {@code _meta} and in text; all of them
 * in an error.
 */
final class ToolAnswers {

	private static final int OK = 200;

	private static final int PAYMENT_REQUIRED = 402;

	private static final int FAILED = 500;

	private static final int MAX_TEXT = 256 * 1024;

	private static final String CHALLENGE = "x402/error";

	private static final String RECEIPT = "x402/payment-response";

	private final McpJsonMapper mapper = McpJsonDefaults.getMapper();

	ToolAnswer read(JSONRPCResponse response, PaidCall call) {
		Map<?, ?> result = object(response.result());
		Map<?, ?> meta = object(result.get("_meta"));
		if (!Boolean.TRUE.equals(result.get("isError"))) {
			int status = (response.error() == null) ? OK : FAILED;
			return new ToolAnswer(status, List.of(), List.of(), false, write(meta.get(RECEIPT)));
		}
		byte[] text = text(result.get("content"));
		byte[] structured = write(result.get("structuredContent"));
		List<byte[]> documents = Stream.of(structured, write(meta.get(CHALLENGE)), text)
			.filter((document) -> document.length > 0)
			.toList();
		List<byte[]> challenges = documents.stream().filter(call::isChallenge).toList();
		boolean encoded = meta.containsKey(CHALLENGE) && !challenges.contains(structured);
		return new ToolAnswer(challenges.isEmpty() ? failure(text) : PAYMENT_REQUIRED, documents, challenges, encoded,
				receipt(meta.get(RECEIPT)));
	}

	/**
	 * Servers with this library name the reason why a call is not served, for example
	 * that the outcome of its payment is unknown.
	 */
	private int failure(byte[] text) {
		try {
			Object code = (text.length > 0) ? this.mapper.readValue(text, Map.class).get("code") : null;
			for (ReasonCode reason : ReasonCode.values()) {
				if (reason.code().equals(code)) {
					return reason.status();
				}
			}
			return FAILED;
		}
		catch (IOException | RuntimeException ex) {
			return FAILED;
		}
	}

	private static byte[] text(@Nullable Object content) {
		Object text = (content instanceof List<?> list && !list.isEmpty()) ? object(list.get(0)).get("text") : null;
		return (text instanceof String json && json.startsWith("{") && json.length() <= MAX_TEXT)
				? json.getBytes(StandardCharsets.UTF_8) : new byte[0];
	}

	/**
	 * One that cannot be read is another thing than none.
	 */
	private byte[] receipt(@Nullable Object value) {
		return (value == null || value instanceof Map<?, ?>) ? write(value) : new byte[] { '?' };
	}

	private byte[] write(@Nullable Object value) {
		try {
			return (value instanceof Map<?, ?>) ? this.mapper.writeValueAsBytes(value) : new byte[0];
		}
		catch (IOException ex) {
			return new byte[0];
		}
	}

	private static Map<?, ?> object(@Nullable Object value) {
		return (value instanceof Map<?, ?> map) ? map : Map.of();
	}

}
