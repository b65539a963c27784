/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.x402.spring.pricing.ResourceDeclaration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What facilitators refuse of a declaration, and why, as the rules of {@link Catalogue}
 * and a validator that is not ours have it.
 */
class DeclarationCheckTests {

	private static final JsonMapper MAPPER = new JsonMapper();

	private static final String READ = """
			{"info": {"input": {"type": "http", "method": "GET", "queryParams": {"days": 2},
			  "pathParams": {"city": "zurich"}}, "output": {"type": "json", "example": {"celsius": 11.5}}},
			 "schema": {"type": "object", "properties": {
			   "input": {"type": "object", "properties": {"type": {"const": "http"}, "method": {"enum": ["GET"]},
			     "queryParams": {"type": "object", "properties": {"days": {"type": "integer", "maximum": 14}}},
			     "pathParams": {"type": "object"}}, "required": ["type", "method"], "additionalProperties": false},
			   "output": {"type": "object", "properties": {"example": {"type": "object", "required": ["celsius"]}}}},
			  "required": ["input"]},
			 "routeTemplate": "/forecast/:city"}""";

	private static final String WRITTEN = """
			{"info": {"input": {"type": "http", "method": "POST", "bodyType": "json", "body": {"pattern": "a+"}}},
			 "schema": {"type": "object", "properties": {
			   "input": {"type": "object", "properties": {"body": {"$ref": "#/$defs/body"}}},
			   "output": {"type": "object"}},
			  "$defs": {"body": {"type": "object", "properties": {"pattern": {"type": "string"}}}}}}""";

	@ParameterizedTest
	@ValueSource(strings = { READ, WRITTEN })
	void whenADeclarationIsInOrderThenThereIsNoProblem(String block) {
		assertThat(problem(MAPPER.readTree(block))).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					/info/input/type | "ftp" | info.input.type must be http or mcp
					/info/input/method | "OPTIONS" | info.input.method must be one of
					/info/input/bodyType | "json" | GET has no body
					/info/input/queryParams/days | "two" | info.input.queryParams.days is 'two', but its schema says integer
					/info/input/queryParams/days | 15 | info.input.queryParams.days is 15, beyond the limits
					/info/input/hours | 1 | info.input.hours is not permitted by schema
					/info/output/example | {"kelvin": 1} | info.output.example.celsius is missing
					/schema/properties/input/properties/method/enum | ["POST"] | info.input.method is 'GET', which is no value
					/schema/properties/output/$ref | "https://example.com/schema" | schema.properties.output.$ref refers to another
					/schema/$id | "https://example.com/schema" | schema.$id refers to another document
					/schema/properties/input/properties/queryParams/properties/days/pattern | "a+" | is a regular expression
					/routeTemplate | "/forecast/{city}" | routeTemplate must be a path
					/routeTemplate | "/forecast/%2e%2e/:city" | routeTemplate must be a path
					""")
	void whenADeclarationIsBrokenThenTheProblemIsNamed(String pointer, String value, String problem) {
		ObjectNode block = (ObjectNode) MAPPER.readTree(READ);
		int name = pointer.lastIndexOf('/');
		((ObjectNode) block.at(pointer.substring(0, name))).set(pointer.substring(name + 1), MAPPER.readTree(value));
		assertThat(problem(block)).contains(problem);
		if (!value.contains("%2e")) {
			assertThatExceptionOfType(Throwable.class).isThrownBy(() -> Catalogue.assertThatTakes(block));
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					{} | info.input is missing
					{"info": {"input": {"type": "http", "method": "GET"}}} | schema is missing
					{"info": {"input": {"type": "http"}}, "schema": {}} | info.input.method must be one of
					{"info": {"input": {"type": "http", "method": "PUT", "bodyType": "xml"}}, "schema": {}} | bodyType must be json
					{"info": {"input": {"type": "mcp"}}, "schema": {}} | info.input.toolName is missing
					{"info": {"input": {"type": "mcp", "toolName": "ask"}}, "schema": {}} | info.input.inputSchema is missing
					{"info": {"input": {"type": "mcp", "toolName": "ask", "inputSchema": {}, "transport": "stdio"}}, "schema": {}} | \
					transport must be streamable-http or sse
					""")
	void whenSomethingIsMissingThenItIsNamed(String block, String problem) {
		assertThat(problem(MAPPER.readTree(block))).contains(problem);
	}

	@Test
	void whenOnlyTheMinimalFormIsBrokenThenThatIsAProblem() {
		Map<String, Object> broken = Map.of("info", Map.of("input", Map.of()), "schema", Map.of());
		assertThat(DeclarationCheck
			.problem(new ResourceDeclaration(map(MAPPER.readTree(READ)), broken, Map.of(), Set.of("city"))))
			.contains("info.input.type");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '\t', quoteCharacter = '`',
			textBlock = """
					{"type": "string"} | "a" | 1 | null | []
					{"type": ["integer", "null"]} | 1 | 1.0 | 1.5 | null | true
					{"type": "number"} | 1 | 1.5 | "1"
					{"type": "boolean"} | true | 0
					{"const": 1} | 1 | 1.0 | 2 | "1"
					{"const": {"a": [1]}} | {"a": [1]} | {"a": [2]}
					{"enum": ["a", null, 2]} | "a" | null | 2 | "b"
					{"minimum": 1, "exclusiveMaximum": 3} | 1 | 0.99 | 2.99 | 3 | "3"
					{"exclusiveMinimum": 1, "maximum": 3} | 1 | 1.01 | 3 | 3.01
					{"multipleOf": 0.01} | 1.23 | 1.234 | 0
					{"minLength": 2, "maxLength": 3} | "a" | "ab" | "abc" | "abcd" | 1
					{"minLength": 2} | "\uD83D\uDE00" | "\uD83D\uDE00\uD83D\uDE00"
					{"minItems": 1, "maxItems": 2} | [] | [1] | [1, 2, 3]
					{"uniqueItems": true} | [1, 2] | [1, 1]
					{"items": {"type": "integer"}} | [1, 2] | [1, "a"] | {}
					{"prefixItems": [{"type": "string"}], "items": false} | ["a"] | ["a", 1] | [1]
					{"required": ["a"]} | {"a": null} | {"b": 1} | []
					{"minProperties": 1, "maxProperties": 1} | {} | {"a": 1} | {"a": 1, "b": 1}
					{"properties": {"a": {"type": "string"}}} | {"a": "a"} | {"a": 1} | {"b": 1}
					{"properties": {"a": {}}, "additionalProperties": {"type": "string"}} | {"a": 1, "b": "b"} | {"b": 1}
					{"properties": {"a": {}}, "additionalProperties": false} | {"a": 1} | {"b": 1}
					{"allOf": [{"minimum": 1}, {"maximum": 2}]} | 1 | 3 | 0
					{"anyOf": [{"type": "string"}, {"minimum": 5}]} | "a" | 5 | 4
					{"oneOf": [{"multipleOf": 2}, {"multipleOf": 3}]} | 2 | 3 | 6 | 5
					{"not": {"type": "string"}} | 1 | "a"
					{"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "string"}}} | "a" | 1
					{"properties": {"next": {"$ref": "#"}}, "additionalProperties": false} | {"next": {"next": {}}} | {"next": {"a": 1}}
					{"type": "object", "title": "ignored", "format": "ignored"} | {} | 1
					true | 1
					false | 1
					""")
	void whenAValueIsValidatedThenTheResultIsThatOfAnotherValidator(String row) {
		String[] parts = row.split(" \\| ");
		JsonNode schema = MAPPER.readTree(parts[0]);
		SchemaRules rules = new SchemaRules(Objects.requireNonNull(MAPPER.treeToValue(schema, Object.class)));
		for (String part : List.of(parts).subList(1, parts.length)) {
			JsonNode value = MAPPER.readTree(part);
			boolean valid = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
				.getSchema(schema)
				.validate(value)
				.isEmpty();
			assertThat(rules.problem(MAPPER.treeToValue(value, Object.class), "value") == null).as(row + ": " + part)
				.isEqualTo(valid);
		}
	}

	private static String problem(JsonNode block) {
		return DeclarationCheck.problem(map(block));
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> map(JsonNode node) {
		return MAPPER.treeToValue(node, Map.class);
	}

}
