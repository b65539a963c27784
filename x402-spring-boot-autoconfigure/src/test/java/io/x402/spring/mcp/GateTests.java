/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.x402.spring.PaymentRequired;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.ai.mcp.McpToolUtils;
import org.springframework.ai.mcp.annotation.McpPrompt;
import org.springframework.ai.mcp.annotation.McpResource;
import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.mcp.annotation.provider.tool.AsyncMcpToolProvider;
import org.springframework.ai.mcp.annotation.provider.tool.SyncMcpToolProvider;
import org.springframework.ai.mcp.annotation.provider.tool.SyncStatelessMcpToolProvider;
import org.springframework.ai.mcp.customizer.McpAsyncServerCustomizer;
import org.springframework.ai.support.ToolCallbacks;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.ai.tool.method.MethodToolCallback;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for the ways that a tool may take around the payment gate.
 */
class GateTests {

	private static final String[] PRICE = { "x402.mcp.tools[0].name=text", "x402.mcp.tools[0].price=$0.01" };

	@ParameterizedTest
	@ValueSource(classes = { ClassicSpecifications.class, AnnotatedSpecifications.class, WrappedSpecifications.class,
			WrappedCallback.class, WrappedCallbackOfProvider.class, StaticMethod.class })
	void whenThePricedObjectIsNoBeanThenItsToolIsSold(Class<?> tools) {
		assertSold("STREAMABLE", tools);
	}

	@Test
	void whenThePricedObjectOfAStatelessServerIsNoBeanThenItsToolIsSold() {
		assertSold("STATELESS", StatelessSpecifications.class);
	}

	@Test
	void whenThePricedObjectOfAnAsynchronousServerIsNoBeanThenItsToolIsSold() {
		assertSold("STREAMABLE", AsyncSpecifications.class, "spring.ai.mcp.server.type=ASYNC");
	}

	@Test
	void whenAPricedObjectIsAddedLaterThenItsToolIsSold() {
		assertLater(
				(server) -> server.addTool(McpToolUtils.toSyncToolSpecification(ToolCallbacks.from(new Classic())[0])));
	}

	@Test
	void whenTheToolOfAnotherSpecificationIsAddedLaterThenItIsSold() {
		assertLater((server) -> {
			SyncToolSpecification added = specification("text");
			server.addTool(added);
			SyncToolSpecification listed = new SyncToolSpecification(
					server.listTools().stream().filter((tool) -> tool.name().equals("text")).findFirst().get(),
					added.callHandler());
			server.removeTool("text");
			server.addTool(listed);
		}, "x402.mcp.tools[0].name=text", "x402.mcp.tools[0].price=$0.01", "x402.mcp.tools[0].required=false");
	}

	private static void assertSold(String protocol, Class<?> tools, String... properties) {
		try (ToolShop shop = ToolShop.open(protocol, tools, properties)) {
			assertPaid(shop);
		}
	}

	private static void assertLater(Consumer<McpSyncServer> addition, String... properties) {
		try (ToolShop shop = ToolShop.open("STREAMABLE", Free.class, properties)) {
			addition.accept(shop.bean(McpSyncServer.class));
			assertPaid(shop);
		}
	}

	private static void assertPaid(ToolShop shop) {
		CallToolResult result = shop.call("text", Map.of());
		assertThat(ToolShop.text(result)).doesNotContain("sold");
		assertThat(ToolShop.challenge(result).accepts()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(classes = { OwnServer.class, OwnAsyncServer.class })
	void whenAServerIsBuiltWithAPricedToolThenTheStartFails(Class<?> server) {
		assertRefused("STREAMABLE", server, "calls do not pass the payment gate", PRICE);
	}

	@Test
	void whenAnAsynchronousServerIsCustomizedWithAPricedToolThenTheStartFails() {
		assertRefused("STREAMABLE", AsyncCustomizer.class, "calls do not pass the payment gate", PRICE[0], PRICE[1],
				"spring.ai.mcp.server.type=ASYNC");
	}

	@Test
	void whenAServerIsCreatedLaterWithAPricedToolThenItIsNotCreated() {
		try (ToolShop shop = ToolShop.open("STREAMABLE", LaterServer.class, PRICE[0], PRICE[1],
				"x402.mcp.tools[0].required=false")) {
			assertThatThrownBy(() -> shop.bean("later", McpSyncServer.class))
				.hasStackTraceContaining("calls do not pass the payment gate");
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { PricedPrompt.class, PricedResource.class, PromptOfPricedClass.class })
	void whenPromptsOrResourcesHaveAPriceThenTheStartFails(Class<?> configuration) {
		assertRefused("STREAMABLE", configuration, "would be free");
	}

	private static void assertRefused(String protocol, Class<?> tools, String reason, String... properties) {
		assertThatThrownBy(() -> ToolShop.run(protocol, tools, "http://127.0.0.1:1/facilitator", properties).close())
			.hasStackTraceContaining(reason);
	}

	private static SyncToolSpecification specification(String name) {
		return ToolsOfAllKinds.specification(name, null, CallToolResult.builder().addTextContent("sold").build());
	}

	private static AsyncToolSpecification asyncSpecification() {
		return new AsyncToolSpecification(specification("text").tool(),
				(exchange, request) -> Mono.just(CallToolResult.builder().addTextContent("sold").build()));
	}

	private static StdioServerTransportProvider pipe() {
		return new StdioServerTransportProvider(McpJsonDefaults.getMapper(), new PipedInputStream(),
				new PipedOutputStream());
	}

	private static McpServer.SyncSpecification<?> server() {
		return McpServer.sync(pipe()).capabilities(ServerCapabilities.builder().tools(true).build());
	}

	/** No bean. */
	static class Classic {

		@Tool(name = "text", description = "A text")
		@PaymentRequired(price = "$0.01")
		String text() {
			return "sold";
		}

	}

	/** No bean. */
	static class Annotated {

		@McpTool(name = "text")
		@PaymentRequired(price = "$0.01")
		String text() {
			return "sold";
		}

	}

	/** No bean. */
	static class AsyncAnnotated {

		@McpTool(name = "text")
		@PaymentRequired(price = "$0.01")
		Mono<String> text() {
			return Mono.just("sold");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ClassicSpecifications {

		@Bean
		List<SyncToolSpecification> tools() {
			return McpToolUtils.toSyncToolSpecifications(ToolCallbacks.from(new Classic()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnnotatedSpecifications {

		@Bean
		List<SyncToolSpecification> tools() {
			return new SyncMcpToolProvider(List.of(new Annotated())).getToolSpecifications();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WrappedSpecifications {

		@Bean
		List<SyncToolSpecification> tools() {
			SyncToolSpecification tool = new SyncMcpToolProvider(List.of(new Annotated())).getToolSpecifications()
				.get(0);
			return List.of(new SyncToolSpecification(tool.tool(),
					(exchange, request) -> tool.callHandler().apply(exchange, request)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class StaticMethod {

		@Bean
		ToolCallback tool() throws NoSuchMethodException {
			return MethodToolCallback.builder()
				.toolDefinition(ToolDefinition.builder().name("text").description("A text").inputSchema("{}").build())
				.toolMethod(PricedClass.class.getDeclaredMethod("text"))
				.build();
		}

		@PaymentRequired(price = "$0.01")
		static final class PricedClass {

			private PricedClass() {
			}

			static String text() {
				return "sold";
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class StatelessSpecifications {

		@Bean
		List<io.modelcontextprotocol.server.McpStatelessServerFeatures.SyncToolSpecification> tools() {
			return new SyncStatelessMcpToolProvider(List.of(new Annotated())).getToolSpecifications();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AsyncSpecifications {

		@Bean
		List<AsyncToolSpecification> tools() {
			return new AsyncMcpToolProvider(List.of(new AsyncAnnotated())).getToolSpecifications();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WrappedCallback {

		@Bean
		ToolCallback tool() {
			return new Wrapped(ToolCallbacks.from(new Classic())[0]);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WrappedCallbackOfProvider {

		@Bean
		ToolCallbackProvider tools() {
			return ToolCallbackProvider.from(new Wrapped(ToolCallbacks.from(new Classic())[0]));
		}

	}

	private record Wrapped(ToolCallback callback) implements ToolCallback {

		@Override
		public ToolDefinition getToolDefinition() {
			return this.callback.getToolDefinition();
		}

		@Override
		public String call(String toolInput) {
			return this.callback.call(toolInput);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Free {

		@McpTool(name = "free")
		String free() {
			return "hello";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnServer {

		@Bean
		McpSyncServer own() {
			return server().tools(specification("text")).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnAsyncServer {

		@Bean
		McpAsyncServer own() {
			return McpServer.async(pipe())
				.capabilities(ServerCapabilities.builder().tools(true).build())
				.tools(asyncSpecification())
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AsyncCustomizer {

		@Bean
		@Primary
		McpAsyncServerCustomizer builder() {
			return (server) -> server.tools(asyncSpecification());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LaterServer {

		@McpTool(name = "free")
		String free() {
			return "hello";
		}

		@Bean(autowireCandidate = false)
		@Scope("prototype")
		McpSyncServer later() {
			return server().tools(specification("text")).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PricedPrompt {

		@McpPrompt(name = "prompt")
		@PaymentRequired(price = "$0.01")
		String prompt() {
			return "sold";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PricedResource {

		@McpResource(uri = "shop://resource")
		@PaymentRequired(price = "$0.01")
		String resource() {
			return "sold";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PromptOfPricedClass {

		@Bean
		Mixed mixed() {
			return new Mixed();
		}

		@PaymentRequired(price = "$0.01")
		static class Mixed {

			@McpTool(name = "tool")
			String tool() {
				return "sold";
			}

			@McpPrompt(name = "prompt")
			String prompt() {
				return "sold";
			}

		}

	}

}
