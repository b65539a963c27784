/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.lang.reflect.AnnotatedElement;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.util.StringUtils;

/**
 * An example that a developer has written beside a parameter or a member of a type, with
 * the annotations of OpenAPI. They are read by name because the library is optional.
 */
final class GivenExample {

	/** Keyword of JSON Schema, a list. */
	static final String KEYWORD = "examples";

	private static final List<String> ANNOTATIONS = List.of("io.swagger.v3.oas.annotations.media.Schema",
			"io.swagger.v3.oas.annotations.Parameter");

	private GivenExample() {
	}

	/**
	 * Return the example of a parameter or member.
	 * @param element the parameter or member
	 * @return the text, or {@code null} if there is none
	 */
	static @Nullable String of(AnnotatedElement element) {
		MergedAnnotations annotations = MergedAnnotations.from(element);
		return ANNOTATIONS.stream()
			.map((name) -> annotations.get(name).getValue("example", String.class).orElse(""))
			.filter(StringUtils::hasText)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Add an example to a schema, unless the schema does not permit it.
	 * @param text the example
	 * @param schema the schema
	 */
	static void add(@Nullable String text, Map<String, Object> schema) {
		Object value = (text != null) ? value(text, schema.get("type")) : null;
		if (value != null && new SchemaRules(schema).problem(value, "") == null) {
			schema.put(KEYWORD, List.of(value));
		}
	}

	/**
	 * Return the example of a schema.
	 * @param schema the schema
	 * @return the first one, or {@code null} if there is none that the schema permits
	 */
	static @Nullable Object of(Map<?, ?> schema) {
		Object first = (schema.get(KEYWORD) instanceof List<?> examples && !examples.isEmpty()) ? examples.get(0)
				: null;
		return (first != null && new SchemaRules(schema).problem(first, "") == null) ? first : null;
	}

	private static @Nullable Object value(String text, @Nullable Object type) {
		try {
			return switch (String.valueOf(type)) {
				case "integer", "number" -> new BigDecimal(text);
				case "boolean" -> Boolean.valueOf(text);
				case "string" -> text;
				default -> null;
			};
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

}
