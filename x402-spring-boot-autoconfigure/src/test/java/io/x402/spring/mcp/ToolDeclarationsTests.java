/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.Map;

import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.x402.spring.pricing.ResourceDeclaration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ToolDeclarations}.
 */
class ToolDeclarationsTests {

	private final ToolDeclarations declarations = new ToolDeclarations("streamable-http");

	@Test
	void whenToolStaysTheSameThenSoDoesItsDeclaration() {
		ResourceDeclaration first = this.declarations.of(tool("weather", "Tells the weather"));
		assertThat(this.declarations.of(tool("weather", "Tells the weather"))).isSameAs(first);
		assertThat(this.declarations.of(tool("weather", "Tells it better"))).isNotSameAs(first);
	}

	@Test
	void whenToolsComeAndGoThenTheirDescriptionsAreNotKeptWithoutEnd() {
		for (int i = 0; i < 3 * ToolDeclarations.MAX_TOOLS; i++) {
			assertThat(this.declarations.of(tool("tool" + i, "Comes and goes"))).isNotNull();
		}
		assertThat(this.declarations.size()).isBetween(1, ToolDeclarations.MAX_TOOLS);
	}

	private static Tool tool(String name, String description) {
		return new Tool(name, null, description, Map.of("type", "object"), null, null, null, null);
	}

}
