/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.signin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON schema of the header that a challenge asks for, which official servers send with
 * it.
 */
final class SignInSchema {

	static final Map<String, Object> SCHEMA = schema();

	private SignInSchema() {
	}

	private static Map<String, Object> schema() {
		Map<String, Object> properties = new LinkedHashMap<>();
		for (String name : List.of("domain", "address", "statement", "uri", "version", "chainId", "type", "nonce",
				"issuedAt", "expirationTime", "notBefore", "requestId", "signature")) {
			properties.put(name, Map.of("type", "string"));
		}
		properties.put("resources", Map.of("type", "array", "items", Map.of("type", "string")));
		Map<String, Object> schema = new LinkedHashMap<>();
		schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
		schema.put("type", "object");
		schema.put("properties", properties);
		schema.put("required",
				List.of("domain", "address", "uri", "version", "chainId", "type", "nonce", "issuedAt", "signature"));
		return schema;
	}

}
