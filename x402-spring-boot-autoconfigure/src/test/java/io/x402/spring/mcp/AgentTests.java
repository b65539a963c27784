/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.x402.spring.PaymentRequired;
import io.x402.spring.client.Payer;
import io.x402.spring.client.PayingFetchTool;
import io.x402.spring.client.PaymentRequestInterceptor;
import io.x402.spring.client.PurchaseEvent;
import io.x402.spring.client.mcp.PayingClientTransport;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.SettleBehaviour;
import org.junit.jupiter.api.Test;

import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.AssistantMessage.ToolCall;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.mcp.SyncMcpToolCallbackProvider;
import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.model.tool.ToolExecutionResult;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An agent of Spring AI, whose model follows a script, buys from an MCP server and over
 * HTTP.
 */
class AgentTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final List<PurchaseEvent> events = new CopyOnWriteArrayList<>();

	@Test
	void agentBuysToolsAndResourcesWithinItsLimits() {
		try (ToolShop shop = ToolShop.open("STREAMABLE", Shop.class)) {
			Script settled = shop.scriptOthers(SettleBehaviour.SETTLED);
			Payer payer = BoughtToolTests.payer(this.events);
			try (McpSyncClient client = client(shop, payer)) {
				List<ToolCallback> tools = new ArrayList<>(Arrays
					.asList(SyncMcpToolCallbackProvider.builder().mcpClients(client).build().getToolCallbacks()));
				tools.add(fetch(payer));
				List<String> results = run(tools,
						new ScriptedModel(call(tools, "word", "{}"), call(tools, "dear", "{}"),
								call(tools, PayingFetchTool.NAME, "{\"url\":\"" + shop.url() + "/page\"}")));
				assertThat(results).hasSize(3);
				assertThat(results.get(0)).contains("sold word");
				assertThat(results.get(1)).contains("amount_above_limit", "0.04 per request").doesNotContain("sold");
				assertThat(results.get(2)).contains("200", "sold page");
			}
			assertThat(settled.settlements()).isEqualTo(2);
			assertThat(this.events).extracting((event) -> event.getClass().getSimpleName())
				.containsExactly("Signed", "Delivered", "Refused", "Signed", "Delivered");
		}
	}

	private static McpSyncClient client(ToolShop shop, Payer payer) {
		McpSyncClient client = McpClient
			.sync(new PayingClientTransport(shop.transport(), payer, URI.create(shop.url() + "/mcp"), TIMEOUT))
			.requestTimeout(TIMEOUT)
			.initializationTimeout(TIMEOUT)
			.build();
		client.initialize();
		return client;
	}

	private static ToolCallback fetch(Payer payer) {
		HttpClient http = HttpClient.newBuilder().followRedirects(Redirect.NEVER).build();
		RestClient client = RestClient.builder()
			.requestFactory(new JdkClientHttpRequestFactory(http))
			.requestInterceptor(new PaymentRequestInterceptor(payer))
			.build();
		return new PayingFetchTool(client, payer, 1024);
	}

	private static ToolCall call(List<ToolCallback> tools, String name, String arguments) {
		String offered = tools.stream()
			.map((tool) -> tool.getToolDefinition().name())
			.filter((tool) -> tool.endsWith(name))
			.findFirst()
			.orElseThrow();
		return new ToolCall(name, "function", offered, arguments);
	}

	/**
	 * Runs the loop of an agent.
	 * @return what the model read of its tools
	 */
	private static List<String> run(List<ToolCallback> tools, ChatModel model) {
		ToolCallingManager manager = ToolCallingManager.builder().build();
		ToolCallingChatOptions options = ToolCallingChatOptions.builder().toolCallbacks(tools).build();
		Prompt prompt = new Prompt(List.of(new UserMessage("Buy something.")), options);
		ChatResponse response = model.call(prompt);
		while (response.hasToolCalls()) {
			ToolExecutionResult result = manager.executeToolCalls(prompt, response);
			prompt = new Prompt(result.conversationHistory(), options);
			response = model.call(prompt);
		}
		return prompt.getInstructions()
			.stream()
			.filter(ToolResponseMessage.class::isInstance)
			.flatMap((message) -> ((ToolResponseMessage) message).getResponses().stream())
			.map(ToolResponseMessage.ToolResponse::responseData)
			.toList();
	}

	/**
	 * Calls one tool after the other.
	 */
	private static final class ScriptedModel implements ChatModel {

		private final Deque<ToolCall> calls;

		ScriptedModel(ToolCall... calls) {
			this.calls = new ArrayDeque<>(List.of(calls));
		}

		@Override
		public ChatResponse call(Prompt prompt) {
			AssistantMessage message = this.calls.isEmpty() ? new AssistantMessage("Done.")
					: AssistantMessage.builder().content("").toolCalls(List.of(this.calls.remove())).build();
			return new ChatResponse(List.of(new Generation(message)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Shop {

		@Bean
		Pages pages() {
			return new Pages();
		}

		@McpTool(name = "word", description = "A word.")
		@PaymentRequired(price = "$0.01")
		String word() {
			return "sold word";
		}

		@McpTool(name = "dear", description = "A better word.")
		@PaymentRequired(price = "$0.05")
		String dear() {
			return "sold";
		}

	}

	@RestController
	static class Pages {

		@GetMapping("/page")
		@PaymentRequired(price = "$0.01")
		String page() {
			return "sold page";
		}

	}

}
