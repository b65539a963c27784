/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Members of an object while they are collected.
 */
final class ObjectFields {

	private final Map<String, Object> members = new LinkedHashMap<>();

	private final Set<String> required = new LinkedHashSet<>();

	void add(String name, Map<String, Object> schema, boolean isRequired) {
		this.members.put(name, schema);
		if (isRequired) {
			this.required.add(name);
		}
	}

	void addAll(Map<String, Object> object) {
		List<?> names = (object.get("required") instanceof List<?> list) ? list : List.of();
		if (object.get("properties") instanceof Map<?, ?> properties) {
			properties.forEach((name, member) -> {
				@SuppressWarnings("unchecked")
				Map<String, Object> schema = (Map<String, Object>) member;
				add(String.valueOf(name), schema, names.contains(name));
			});
		}
	}

	Map<String, Object> schema() {
		if (this.members.isEmpty()) {
			return Map.of();
		}
		Map<String, Object> schema = new LinkedHashMap<>();
		schema.put("type", "object");
		schema.put("properties", this.members);
		if (!this.required.isEmpty()) {
			schema.put("required", List.copyOf(this.required));
		}
		return schema;
	}

}
