/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.x402.spring.pricing.ResourceDeclaration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checks a declaration by the rules by which the reference facilitator takes or refuses
 * it. Facilitators with a catalogue refuse what breaks them, some of them together with
 * the payment.
 */
final class DeclarationCheck {

	private static final JsonMapper MAPPER = new JsonMapper();

	private static final Set<String> METHODS = Set.of("GET", "HEAD", "DELETE", "POST", "PUT", "PATCH");

	private static final Set<String> METHODS_WITH_BODY = Set.of("POST", "PUT", "PATCH");

	private static final Set<String> BODY_TYPES = Set.of("json", "form-data", "text");

	private static final Set<String> TRANSPORTS = Set.of("streamable-http", "sse");

	/** Members of a schema whose values are schemas by name. */
	private static final Set<String> NAMED = Set.of("properties", "$defs", "definitions", "dependentSchemas");

	/** Members of a schema whose values are data. */
	private static final Set<String> DATA = Set.of("const", "enum", "default", "examples", "example");

	private DeclarationCheck() {
	}

	/**
	 * Check a declaration in both of its forms.
	 * @param declaration the declaration
	 * @return what is wrong, or {@code null} if it is in order
	 */
	static @Nullable String problem(ResourceDeclaration declaration) {
		Map<String, String> pathParams = new LinkedHashMap<>();
		declaration.pathVariables().forEach((name) -> pathParams.put(name, name));
		String problem = problem(declaration.extension(pathParams));
		return (problem != null) ? problem : problem(declaration.minimalExtension(pathParams));
	}

	/**
	 * Check a declaration.
	 * @param extension value of the extension
	 * @return what is wrong, or {@code null} if it is in order
	 */
	static @Nullable String problem(Map<String, Object> extension) {
		Map<?, ?> block = MAPPER.readValue(MAPPER.writeValueAsBytes(extension), Map.class);
		if (!(block.get("info") instanceof Map<?, ?> info) || !(info.get("input") instanceof Map<?, ?> input)) {
			return "info.input is missing";
		}
		if (!(block.get("schema") instanceof Map<?, ?> schema)) {
			return "schema is missing";
		}
		String problem = ofInput(input);
		problem = (problem != null) ? problem : ofTemplate(block.get("routeTemplate"));
		problem = (problem != null) ? problem : ofSchema(schema, "schema");
		return (problem != null) ? problem : new SchemaRules(schema).problem(info, "info");
	}

	private static @Nullable String ofInput(Map<?, ?> input) {
		Object type = input.get("type");
		if ("mcp".equals(type)) {
			return ofTool(input);
		}
		if (!"http".equals(type)) {
			return "info.input.type must be http or mcp";
		}
		Object method = input.get("method");
		if (!(method instanceof String) || !METHODS.contains(method)) {
			return "info.input.method must be one of GET, HEAD, DELETE, POST, PUT and PATCH";
		}
		Object bodyType = input.get("bodyType");
		if (bodyType == null) {
			return null;
		}
		if (!(bodyType instanceof String) || !BODY_TYPES.contains(bodyType)) {
			return "info.input.bodyType must be json, form-data or text";
		}
		return METHODS_WITH_BODY.contains(method) ? null
				: "info.input.bodyType is there, but " + method + " has no body";
	}

	private static @Nullable String ofTool(Map<?, ?> input) {
		if (!(input.get("toolName") instanceof String name) || name.isEmpty()) {
			return "info.input.toolName is missing";
		}
		if (!(input.get("inputSchema") instanceof Map)) {
			return "info.input.inputSchema is missing";
		}
		Object transport = input.get("transport");
		return (transport == null || (transport instanceof String && TRANSPORTS.contains(transport))) ? null
				: "info.input.transport must be streamable-http or sse";
	}

	private static @Nullable String ofTemplate(@Nullable Object template) {
		return (template == null || (template instanceof String text && RouteTemplate.isValid(text))) ? null
				: "routeTemplate must be a path of letters, digits and _ / : . - ~ %, without '..'";
	}

	/**
	 * Return what no schema of a declaration may have, however valid it is.
	 */
	private static @Nullable String ofSchema(@Nullable Object schema, String path) {
		if (schema instanceof List<?> schemas) {
			return first(schemas, path);
		}
		if (!(schema instanceof Map<?, ?> members)) {
			return null;
		}
		for (Map.Entry<?, ?> member : members.entrySet()) {
			String name = String.valueOf(member.getKey());
			String place = path + "." + name;
			if (Set.of("$ref", "$id").contains(name)
					&& !(member.getValue() instanceof String target && target.startsWith("#"))) {
				return place + " refers to another document";
			}
			if (name.equals("pattern")) {
				return place + " is a regular expression, for which facilitators refuse declarations";
			}
			String problem = null;
			if (NAMED.contains(name) && member.getValue() instanceof Map<?, ?> named) {
				problem = first(named, place);
			}
			else if (!DATA.contains(name)) {
				problem = ofSchema(member.getValue(), place);
			}
			if (problem != null) {
				return problem;
			}
		}
		return null;
	}

	private static @Nullable String first(List<?> schemas, String path) {
		for (Object schema : schemas) {
			String problem = ofSchema(schema, path);
			if (problem != null) {
				return problem;
			}
		}
		return null;
	}

	private static @Nullable String first(Map<?, ?> schemas, String path) {
		for (Map.Entry<?, ?> schema : schemas.entrySet()) {
			String problem = ofSchema(schema.getValue(), path + "." + schema.getKey());
			if (problem != null) {
				return problem;
			}
		}
		return null;
	}

}
