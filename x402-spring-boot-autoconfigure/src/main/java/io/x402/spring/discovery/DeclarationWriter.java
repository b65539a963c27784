/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.x402.spring.pricing.ResourceDeclaration;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;

/**
 * Writes the declaration of a mapping, so that its {@code info} is valid under its
 * {@code schema}.
 */
final class DeclarationWriter {

	private static final String DRAFT = "https://json-schema.org/draft/2020-12/schema";

	private final @Nullable TypeSchemas schemas;

	DeclarationWriter(@Nullable TypeSchemas schemas) {
		this.schemas = schemas;
	}

	ResourceDeclaration write(@Nullable HandlerMethod handler, RouteTemplate template, RequestMethod method) {
		HandlerInput none = HandlerInput.none(method);
		HandlerOutput unknown = HandlerOutput.unknown();
		Map<String, Object> minimal = extension(none, unknown, template, method);
		if (handler == null || this.schemas == null) {
			return new ResourceDeclaration(minimal, minimal, outputSchema(none, unknown, method), template.variables());
		}
		HandlerInput input = HandlerInput.of(handler, method, this.schemas);
		HandlerOutput output = HandlerOutput.of(handler, this.schemas);
		return new ResourceDeclaration(extension(input, output, template, method), minimal,
				outputSchema(input, output, method), template.variables());
	}

	private static Map<String, Object> extension(HandlerInput input, HandlerOutput output, RouteTemplate template,
			RequestMethod method) {
		Map<String, Object> extension = new LinkedHashMap<>();
		Map<String, Object> info = new LinkedHashMap<>();
		info.put("input", info(input, method));
		info.put("output", output.info());
		extension.put("info", info);
		Map<String, Object> schema = new LinkedHashMap<>();
		schema.put("$schema", DRAFT);
		schema.put("type", "object");
		Map<String, Object> members = new LinkedHashMap<>();
		members.put("input", inputSchema(input, template, method));
		members.put("output", output.describe());
		schema.put("properties", members);
		schema.put("required", List.of("input"));
		extension.put("schema", schema);
		if (template.text() != null) {
			extension.put("routeTemplate", template.text());
		}
		return extension;
	}

	private static Map<String, Object> info(HandlerInput input, RequestMethod method) {
		Map<String, Object> info = new LinkedHashMap<>();
		info.put("type", "http");
		info.put("method", method.name());
		if (!input.query().isEmpty()) {
			SampleValue.of(input.query())
				.filter((sample) -> !Map.of().equals(sample))
				.ifPresent((sample) -> info.put("queryParams", sample));
		}
		if (input.bodyType() != null) {
			info.put("bodyType", input.bodyType());
			info.put("body", SampleValue.of(input.body()).orElse(Map.of()));
		}
		return info;
	}

	private static Map<String, Object> inputSchema(HandlerInput input, RouteTemplate template, RequestMethod method) {
		Map<String, Object> members = new LinkedHashMap<>();
		List<String> required = new ArrayList<>(List.of("type", "method"));
		members.put("type", text("const", "http"));
		members.put("method", text("enum", List.of(method.name())));
		if (!input.query().isEmpty()) {
			members.put("queryParams", input.query());
		}
		else if (input.bodyType() == null) {
			// Indexes leave out resources of which they see no input at all
			members.put("queryParams", Map.of("type", "object"));
		}
		if (!template.variables().isEmpty()) {
			members.put("pathParams", pathParams(template));
		}
		if (input.bodyType() != null) {
			members.put("bodyType", text("enum", List.of(input.bodyType())));
			members.put("body", SampleValue.of(input.body()).isPresent() ? input.body() : Map.of("type", "object"));
			required.addAll(List.of("bodyType", "body"));
		}
		Map<String, Object> schema = new LinkedHashMap<>();
		schema.put("type", "object");
		schema.put("properties", members);
		schema.put("required", required);
		schema.put("additionalProperties", false);
		return schema;
	}

	private static Map<String, Object> text(String keyword, Object value) {
		Map<String, Object> schema = new LinkedHashMap<>();
		schema.put("type", "string");
		schema.put(keyword, value);
		return schema;
	}

	/**
	 * Values of path variables are declared as they are requested, so every text is one.
	 */
	private static Map<String, Object> pathParams(RouteTemplate template) {
		Map<String, Object> variables = new LinkedHashMap<>();
		template.variables().forEach((name) -> variables.put(name, Map.of("type", "string")));
		Map<String, Object> schema = new LinkedHashMap<>();
		schema.put("type", "object");
		schema.put("properties", variables);
		return schema;
	}

	private static Map<String, Object> outputSchema(HandlerInput input, HandlerOutput output, RequestMethod method) {
		Map<String, Object> call = new LinkedHashMap<>();
		call.put("type", "http");
		call.put("method", method.name());
		call.put("discoverable", true);
		if (!input.query().isEmpty()) {
			call.put("queryParams", fields(input.query()));
		}
		if (input.bodyType() != null) {
			call.put("bodyType", input.bodyType());
			call.put("bodyFields", fields(input.body()));
		}
		Map<String, Object> schema = new LinkedHashMap<>();
		schema.put("input", call);
		schema.put("output", output.schema());
		return schema;
	}

	private static Map<String, Object> fields(Map<String, Object> schema) {
		Map<String, Object> fields = new LinkedHashMap<>();
		List<?> required = (schema.get("required") instanceof List<?> names) ? names : List.of();
		if (schema.get("properties") instanceof Map<?, ?> members) {
			members.forEach((name, member) -> {
				Map<String, Object> field = new LinkedHashMap<>();
				((Map<?, ?>) member).forEach((keyword, value) -> field.put(String.valueOf(keyword), value));
				field.put("required", required.contains(name));
				fields.put(String.valueOf(name), field);
			});
		}
		return fields;
	}

}
