/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.util.List;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rules of the reference facilitator for declarations, apart from our own code.
 */
final class Catalogue {

	private static final List<String> METHODS = List.of("GET", "HEAD", "DELETE", "POST", "PUT", "PATCH");

	private Catalogue() {
	}

	static void assertThatTakes(JsonNode block) {
		Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
			.getSchema(block.path("schema"));
		List<Error> errors = schema.validate(block.path("info"));
		assertThat(errors).as(block.toPrettyString()).isEmpty();
		JsonNode input = block.path("info").path("input");
		assertThat(input.path("type").asString()).isEqualTo("http");
		assertThat(input.path("method").asString()).isIn(METHODS);
		if (input.has("bodyType")) {
			assertThat(input.path("bodyType").asString()).isIn("json", "form-data", "text");
			assertThat(input.path("method").asString()).isIn("POST", "PUT", "PATCH");
		}
		if (block.has("routeTemplate")) {
			assertThat(block.path("routeTemplate").asString()).matches("^/[a-zA-Z0-9_/:.\\-~%]+$").doesNotContain("..");
		}
		assertThat(block.toString()).doesNotContain("\"pattern\"", "\"$ref\"", "\"$id\"");
		JsonNode members = block.path("schema").path("properties");
		assertThat(members.path("input").isObject()).isTrue();
		assertThat(members.path("output").isObject()).isTrue();
	}

}
