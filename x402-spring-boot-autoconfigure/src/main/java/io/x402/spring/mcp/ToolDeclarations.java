/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.x402.spring.pricing.ResourceDeclaration;

/**
 * Describes tools for catalogues of paid resources. Safe for concurrent use.
 */
final class ToolDeclarations {

	private static final String DRAFT = "https://json-schema.org/draft/2020-12/schema";

	private static final Map<String, Object> ANY = Map.of("type", "object");

	/** More tools than a client could choose from. */
	static final int MAX_TOOLS = 1000;

	private final String transport;

	private final Map<String, Declared> declared = new ConcurrentHashMap<>();

	/**
	 * Create an instance.
	 * @param transport how the server is reached, a name of the extension
	 */
	ToolDeclarations(String transport) {
		this.transport = transport;
	}

	/**
	 * Describe a tool.
	 * @return the declaration, the same instance until the description of the tool
	 * changes
	 */
	ResourceDeclaration of(Tool tool) {
		Declared known = this.declared.get(tool.name());
		if (known != null && known.tool() == tool) {
			return known.declaration();
		}
		if (this.declared.size() >= MAX_TOOLS) {
			// Tools come and go; those that are left are described again
			this.declared.clear();
		}
		return this.declared
			.compute(tool.name(),
					(name, old) -> new Declared(tool,
							(old != null && isSame(old.tool(), tool)) ? old.declaration() : declaration(tool)))
			.declaration();
	}

	/**
	 * Return how many descriptions are kept.
	 */
	int size() {
		return this.declared.size();
	}

	private static boolean isSame(Tool tool, Tool other) {
		return input(tool, "", Map.of()).equals(input(other, "", Map.of()))
				&& inputSchema(tool).equals(inputSchema(other))
				&& (tool.outputSchema() == null) == (other.outputSchema() == null);
	}

	private ResourceDeclaration declaration(Tool tool) {
		Map<String, Object> input = input(tool, this.transport, inputSchema(tool));
		Map<String, Object> minimal = input(tool, this.transport, ANY);
		Map<String, Object> first = new LinkedHashMap<>(input);
		first.put("discoverable", true);
		return new ResourceDeclaration(extension(tool, input), extension(tool, minimal), Map.of("input", first),
				Set.of());
	}

	private static Map<String, Object> input(Tool tool, String transport, Map<String, Object> inputSchema) {
		Map<String, Object> input = new LinkedHashMap<>();
		input.put("type", "mcp");
		input.put("toolName", tool.name());
		if (tool.description() != null) {
			input.put("description", tool.description());
		}
		input.put("transport", transport);
		input.put("inputSchema", inputSchema);
		return input;
	}

	private static Map<String, Object> inputSchema(Tool tool) {
		return (tool.inputSchema() != null) ? tool.inputSchema() : ANY;
	}

	private Map<String, Object> extension(Tool tool, Map<String, Object> input) {
		Map<String, Object> info = new LinkedHashMap<>();
		info.put("input", input);
		info.put("output", Map.of("type", (tool.outputSchema() != null) ? "json" : "text"));
		Map<String, Object> members = new LinkedHashMap<>();
		members.put("input", inputMembers());
		members.put("output",
				Map.of("type", "object", "properties", Map.of("type", text()), "required", List.of("type")));
		Map<String, Object> schema = new LinkedHashMap<>();
		schema.put("$schema", DRAFT);
		schema.put("type", "object");
		schema.put("properties", members);
		schema.put("required", List.of("input"));
		return Map.of("info", info, "schema", schema);
	}

	private Map<String, Object> inputMembers() {
		Map<String, Object> members = new LinkedHashMap<>();
		members.put("type", Map.of("type", "string", "const", "mcp"));
		members.put("toolName", text());
		members.put("description", text());
		members.put("transport", Map.of("type", "string", "enum", List.of(this.transport)));
		members.put("inputSchema", ANY);
		Map<String, Object> schema = new LinkedHashMap<>();
		schema.put("type", "object");
		schema.put("properties", members);
		schema.put("required", List.of("type", "toolName", "inputSchema"));
		schema.put("additionalProperties", false);
		return schema;
	}

	private static Map<String, Object> text() {
		return Map.of("type", "string");
	}

	/**
	 * A tool and its declaration.
	 *
	 * @param tool the tool
	 * @param declaration the declaration
	 */
	private record Declared(Tool tool, ResourceDeclaration declaration) {

	}

}
