/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client.mcp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import org.jspecify.annotations.Nullable;

/**
 * Reads calls of tools, and writes them with their payment.
 */
final class ToolRequests {

	private static final String META = "_meta";

	/** Where official servers and Cloudflare's look for a payment. */
	private static final String PAYMENT = "x402/payment";

	private static final TypeRef<Map<String, Object>> OBJECT = new TypeRef<>() {
	};

	private final McpJsonMapper mapper = McpJsonDefaults.getMapper();

	/**
	 * Return the name of the called tool.
	 */
	String tool(JSONRPCRequest request) {
		return String.valueOf(params(request).get("name"));
	}

	/**
	 * Return whether the caller pays by itself.
	 */
	boolean isPaid(JSONRPCRequest request) {
		return params(request).get(META) instanceof Map<?, ?> meta && meta.containsKey(PAYMENT);
	}

	/**
	 * Return the arguments as bytes that are equal for equal arguments.
	 */
	byte[] arguments(JSONRPCRequest request) throws IOException {
		Object arguments = params(request).get("arguments");
		return (arguments != null) ? this.mapper.writeValueAsBytes(sorted(arguments)) : new byte[0];
	}

	private static Object sorted(Object value) {
		if (value instanceof Map<?, ?> members) {
			Map<String, @Nullable Object> sorted = new TreeMap<>();
			members.forEach((name, member) -> sorted.put(String.valueOf(name), sortedOrNull(member)));
			return sorted;
		}
		return (value instanceof Iterable<?> elements) ? sorted(elements) : value;
	}

	private static Object sorted(Iterable<?> elements) {
		List<@Nullable Object> sorted = new ArrayList<>();
		elements.forEach((element) -> sorted.add(sortedOrNull(element)));
		return sorted;
	}

	private static @Nullable Object sortedOrNull(@Nullable Object value) {
		return (value != null) ? sorted(value) : null;
	}

	/**
	 * Return the request with a payment, under an identifier of its own.
	 * @param request the call
	 * @param id the identifier
	 * @param payment base64 of the payment
	 * @param encoded whether to send it as it is; as an object otherwise
	 */
	JSONRPCRequest withPayment(JSONRPCRequest request, String id, String payment, boolean encoded) {
		Map<String, Object> params = new LinkedHashMap<>(params(request));
		Map<String, Object> meta = new LinkedHashMap<>();
		if (params.get(META) instanceof Map<?, ?> given) {
			given.forEach((name, value) -> meta.put(String.valueOf(name), value));
		}
		meta.put(PAYMENT, encoded ? payment : object(payment));
		params.put(META, meta);
		return new JSONRPCRequest(request.method(), id, params);
	}

	private Object object(String payment) {
		try {
			return this.mapper.readValue(Base64.getDecoder().decode(payment), OBJECT);
		}
		catch (IOException ex) {
			throw new IllegalStateException("A payment cannot be written");
		}
	}

	private Map<String, Object> params(JSONRPCRequest request) {
		Map<String, Object> params = this.mapper.convertValue(request.params(), OBJECT);
		return (params != null) ? params : Map.of();
	}

}
