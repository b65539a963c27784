/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.List;
import java.util.stream.Stream;

import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.x402.spring.PaymentRequired;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.client.X402ClientAutoConfiguration;
import io.x402.spring.client.mcp.PayingClientTransport;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.SettleBehaviour;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.ai.mcp.AsyncMcpToolCallbackProvider;
import org.springframework.ai.mcp.SyncMcpToolCallbackProvider;
import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.mcp.client.common.autoconfigure.McpClientAutoConfiguration;
import org.springframework.ai.mcp.client.common.autoconfigure.NamedClientMcpTransport;
import org.springframework.ai.mcp.client.common.autoconfigure.StdioTransportAutoConfiguration;
import org.springframework.ai.mcp.client.common.autoconfigure.annotations.McpClientAnnotationScannerAutoConfiguration;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.execution.ToolExecutionException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the MCP clients of Spring AI that pay by configuration.
 */
class PayingClientConfigurationTests {

	private static final String MCP = "x402.client.customize.mcp=true";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(X402AutoConfiguration.class, X402ClientAutoConfiguration.class,
				http("StreamableHttpHttpClientTransportAutoConfiguration"),
				http("SseHttpClientTransportAutoConfiguration"), StdioTransportAutoConfiguration.class,
				McpClientAutoConfiguration.class, McpClientAnnotationScannerAutoConfiguration.class))
		.withPropertyValues("x402.client.enabled=true", "x402.client.private-key=" + "07".repeat(32),
				"x402.client.limits.max-amount-per-request=0.04", "x402.client.sellers.allowed-hosts=127.0.0.1",
				"spring.ai.mcp.client.initialized=false",
				"spring.ai.mcp.client.streamable-http.connections.shop.url=http://127.0.0.1:1");

	@Test
	void whenNotCustomizedThenClientsDoNotPay() {
		this.runner.run((context) -> assertThat(transports(context)).hasSize(1).noneMatch(this::pays));
	}

	@Test
	void whenBuyerIsDisabledThenClientsDoNotPay() {
		this.runner.withPropertyValues(MCP, "x402.client.enabled=false")
			.run((context) -> assertThat(transports(context)).hasSize(1).noneMatch(this::pays));
	}

	@Test
	void whenCustomizedThenAllClientsPay() {
		this.runner
			.withPropertyValues(MCP, "spring.ai.mcp.client.sse.connections.old.url=http://127.0.0.1:1",
					"spring.ai.mcp.client.stdio.connections.local.command=cat")
			.run((context) -> assertThat(transports(context)).hasSize(3).allMatch(this::pays));
	}

	@Test
	void whenAddressIsAmbiguousThenClientDoesNotPay() {
		this.runner.withPropertyValues(MCP, "spring.ai.mcp.client.sse.connections.shop.url=http://127.0.0.2:1")
			.run((context) -> assertThat(transports(context)).hasSize(2).noneMatch(this::pays));
	}

	@Test
	void whenSpringAiIsMissingThenBuyerStarts() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(X402AutoConfiguration.class, X402ClientAutoConfiguration.class))
			.withPropertyValues("x402.client.enabled=true", "x402.client.private-key=" + "07".repeat(32), MCP)
			.withClassLoader(new FilteredClassLoader("org.springframework.ai", "io.modelcontextprotocol"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("x402PayingTransportProcessor"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "SYNC", "ASYNC" })
	void whenCustomizedThenToolsOfAnAgentAreBoughtWithinTheLimits(String type) {
		try (ToolShop shop = ToolShop.open("STREAMABLE", Tools.class)) {
			Script script = shop.scriptOthers(SettleBehaviour.SETTLED);
			this.runner
				.withPropertyValues(MCP, "spring.ai.mcp.client.type=" + type, "spring.ai.mcp.client.initialized=true",
						"spring.ai.mcp.client.request-timeout=60s",
						"spring.ai.mcp.client.streamable-http.connections.shop.url=" + shop.url())
				.run((context) -> {
					ToolCallback cheap = callback(context, "cheap");
					assertThat(cheap.getToolDefinition().description()).contains("(Costs 0.01 USD per call.)");
					assertThat(cheap.call("{}")).contains("sold");
					assertThatExceptionOfType(ToolExecutionException.class)
						.isThrownBy(() -> callback(context, "dear").call("{}"))
						.withMessageContaining("amount_above_limit")
						.withMessageContaining("0.04 per request");
				});
			assertThat(script.settlements()).isOne();
		}
	}

	@SuppressWarnings("unchecked")
	private static ToolCallback callback(ApplicationContext context, String name) {
		List<?> clients = context.getBeansOfType(List.class)
			.values()
			.stream()
			.filter((list) -> !list.isEmpty()
					&& (list.get(0) instanceof McpSyncClient || list.get(0) instanceof McpAsyncClient))
			.findFirst()
			.orElseThrow();
		ToolCallback[] callbacks = (clients.get(0) instanceof McpSyncClient)
				? SyncMcpToolCallbackProvider.builder()
					.mcpClients((List<McpSyncClient>) clients)
					.build()
					.getToolCallbacks()
				: AsyncMcpToolCallbackProvider.builder()
					.mcpClients((List<McpAsyncClient>) clients)
					.build()
					.getToolCallbacks();
		return Stream.of(callbacks)
			.filter((callback) -> callback.getToolDefinition().name().contains(name))
			.findFirst()
			.orElseThrow();
	}

	private static List<NamedClientMcpTransport> transports(ApplicationContext context) {
		return context.getBeansOfType(List.class)
			.values()
			.stream()
			.flatMap((list) -> ((List<?>) list).stream())
			.filter(NamedClientMcpTransport.class::isInstance)
			.map(NamedClientMcpTransport.class::cast)
			.toList();
	}

	/** Spring AI's module is on the class path when tests run. */
	private static Class<?> http(String name) {
		return ClassUtils.resolveClassName("org.springframework.ai.mcp.client.httpclient.autoconfigure." + name, null);
	}

	private boolean pays(NamedClientMcpTransport transport) {
		return transport.transport() instanceof PayingClientTransport;
	}

	@Configuration(proxyBeanMethods = false)
	static class Tools {

		@McpTool(name = "cheap", description = "A word.")
		@PaymentRequired(price = "$0.01")
		String cheap() {
			return "sold";
		}

		@McpTool(name = "dear", description = "A better word.")
		@PaymentRequired(price = "$0.05")
		String dear() {
			return "sold";
		}

	}

}
