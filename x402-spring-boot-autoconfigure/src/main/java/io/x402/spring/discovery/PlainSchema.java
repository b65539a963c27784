/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Reduces a JSON Schema to the keywords that every catalogue understands, without
 * references and patterns. It allows whatever the original allows, apart from
 * {@code null}.
 */
final class PlainSchema {

	private static final int MAX_DEPTH = 6;

	private static final Set<String> TYPES = Set.of("object", "array", "string", "integer", "number", "boolean");

	private static final List<String> KEYWORDS = List.of("description", "format", "enum", "const", "minimum", "maximum",
			"exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems");

	private final Map<?, ?> definitions;

	private PlainSchema(Map<?, ?> definitions) {
		this.definitions = definitions;
	}

	static Map<String, Object> of(Map<?, ?> schema) {
		return new PlainSchema(object(schema.get("$defs"))).copy(schema, List.of());
	}

	/**
	 * Copies a schema.
	 * @param path the references that lead to it
	 */
	private Map<String, Object> copy(Map<?, ?> schema, List<String> path) {
		if (schema.get("$ref") instanceof String reference) {
			return resolve(reference, path);
		}
		Map<String, Object> copy = new LinkedHashMap<>();
		String type = type(schema.get("type"));
		if (type != null) {
			copy.put("type", type);
		}
		for (String keyword : KEYWORDS) {
			Object value = schema.get(keyword);
			if (value != null) {
				copy.put(keyword, value);
			}
		}
		if (schema.get(GivenExample.KEYWORD) instanceof List<?> examples && !examples.isEmpty()) {
			GivenExample.add(String.valueOf(examples.get(0)), copy);
		}
		if ("object".equals(copy.get("type"))) {
			copyMembers(schema, copy, path);
		}
		if ("array".equals(copy.get("type")) && schema.get("items") instanceof Map<?, ?> items) {
			copy.put("items", copy(items, path));
		}
		return copy;
	}

	/**
	 * Return the type besides {@code null}.
	 */
	private static @Nullable String type(@Nullable Object declared) {
		List<?> types = (declared instanceof List<?> several) ? several : Collections.singletonList(declared);
		List<String> known = types.stream()
			.filter((name) -> name != null && TYPES.contains(name))
			.map(String::valueOf)
			.toList();
		return (known.size() == 1) ? known.get(0) : null;
	}

	private Map<String, Object> resolve(String reference, List<String> path) {
		if (reference.equals("#") || path.contains(reference) || path.size() >= MAX_DEPTH) {
			return new LinkedHashMap<>();
		}
		Map<?, ?> definition = object(this.definitions.get(reference.substring(reference.lastIndexOf('/') + 1)));
		List<String> deeper = new ArrayList<>(path);
		deeper.add(reference);
		return copy(definition, deeper);
	}

	private void copyMembers(Map<?, ?> schema, Map<String, Object> copy, List<String> path) {
		Map<String, Object> members = new LinkedHashMap<>();
		object(schema.get("properties"))
			.forEach((name, member) -> members.put(String.valueOf(name), copy(object(member), path)));
		if (members.isEmpty()) {
			return;
		}
		copy.put("properties", members);
		List<?> required = (schema.get("required") instanceof List<?> names)
				? names.stream().filter(members::containsKey).toList() : List.of();
		if (!required.isEmpty()) {
			copy.put("required", required);
		}
	}

	private static Map<?, ?> object(@Nullable Object value) {
		return (value instanceof Map<?, ?> map) ? map : Map.of();
	}

}
