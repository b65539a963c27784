/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.mcp;

import io.x402.spring.PaymentRequired;
import io.x402.spring.autoconfigure.Startup;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tools are sold only where the libraries of MCP servers are.
 */
class X402McpAutoConfigurationTests {

	private final WebApplicationContextRunner runner = Startup.with(Shop.class)
		.withConfiguration(AutoConfigurations.of(X402McpAutoConfiguration.class))
		.withPropertyValues(Startup.PAY_TO);

	@Test
	void whenLibrariesAreAbsentThenApplicationSellsWithoutThem() {
		this.runner
			.withClassLoader(
					new FilteredClassLoader("io.modelcontextprotocol", "org.springframework.ai", "reactor.core"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(X402McpAutoConfiguration.class));
	}

	@Test
	void whenThereIsNoServerThenApplicationStarts() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(X402McpAutoConfiguration.class));
	}

	@Test
	void whenPricedToolHasNoServerThenTheStartFails() {
		this.runner.withPropertyValues("x402.mcp.tools[0].name=forecast", "x402.mcp.tools[0].price=$0.01")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("no MCP server of the application has the tool"));
	}

	@RestController
	static class Shop {

		@GetMapping("/annotated")
		@PaymentRequired(price = "$0.01")
		String annotated() {
			return "sold";
		}

	}

}
