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
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.tool.ToolExecutor;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.x402.spring.client.Payer;
import io.x402.spring.client.PayingFetchTool;
import io.x402.spring.client.PaymentRequestInterceptor;
import io.x402.spring.client.PurchaseEvent;
import io.x402.spring.client.mcp.PayingClientTransport;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.SettleBehaviour;
import org.junit.jupiter.api.Test;

import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An agent of LangChain4j that buys with a RestClient, from an MCP server, and with the
 * tool of Spring AI, which its model calls as its own.
 */
class LangChainAgentTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final List<PurchaseEvent> events = new CopyOnWriteArrayList<>();

	@Test
	void agentBuysWithinItsLimits() {
		try (ToolShop shop = ToolShop.open("STREAMABLE", AgentTests.Shop.class)) {
			Script settled = shop.scriptOthers(SettleBehaviour.SETTLED);
			Payer payer = BoughtToolTests.payer(this.events);
			RestClient client = RestClient.builder()
				.requestFactory(new JdkClientHttpRequestFactory(
						HttpClient.newBuilder().followRedirects(Redirect.NEVER).build()))
				.requestInterceptor(new PaymentRequestInterceptor(payer))
				.build();
			try (McpSyncClient mcp = McpClient
				.sync(new PayingClientTransport(shop.transport(), payer, URI.create(shop.url() + "/mcp"), TIMEOUT))
				.requestTimeout(TIMEOUT)
				.build()) {
				mcp.initialize();
				String page = "{\"url\":\"" + shop.url() + "/page\"}";
				ScriptedModel model = new ScriptedModel(call("page", "{}"), call("tool", "{\"name\":\"word\"}"),
						call("tool", "{\"name\":\"dear\"}"), call(PayingFetchTool.NAME, page));
				Agent agent = AiServices.builder(Agent.class)
					.chatModel(model)
					.tools(new ShoppingTools(client, mcp, shop.url()))
					.tools(fetch(new PayingFetchTool(client, payer, 1024)))
					.build();
				assertThat(agent.buy("Buy something.")).isEqualTo("Done.");
				assertThat(model.results).hasSize(4);
				assertThat(model.results.get(0)).contains("sold page");
				assertThat(model.results.get(1)).contains("sold word");
				assertThat(model.results.get(2)).contains("amount_above_limit", "0.04 per request")
					.doesNotContain("sold");
				assertThat(model.results.get(3)).contains("200", "sold page");
			}
			assertThat(settled.settlements()).isEqualTo(3);
			assertThat(this.events).extracting((event) -> event.getClass().getSimpleName())
				.containsExactly("Signed", "Delivered", "Signed", "Delivered", "Refused", "Signed", "Delivered");
		}
	}

	private static Map<ToolSpecification, ToolExecutor> fetch(PayingFetchTool tool) {
		ToolSpecification specification = ToolSpecification.builder()
			.name(PayingFetchTool.NAME)
			.description(tool.getToolDefinition().description())
			.parameters(JsonObjectSchema.builder().addStringProperty("url").required("url").build())
			.build();
		return Map.of(specification, (request, memory) -> tool.call(request.arguments()));
	}

	private static ToolExecutionRequest call(String name, String arguments) {
		return ToolExecutionRequest.builder().id(name).name(name).arguments(arguments).build();
	}

	interface Agent {

		String buy(String order);

	}

	static final class ShoppingTools {

		private final RestClient client;

		private final McpSyncClient mcp;

		private final String shop;

		ShoppingTools(RestClient client, McpSyncClient mcp, String shop) {
			this.client = client;
			this.mcp = mcp;
			this.shop = shop;
		}

		@Tool("Buys a page")
		String page() {
			return this.client.get().uri(this.shop + "/page").retrieve().body(String.class);
		}

		@Tool("Buys from a tool")
		String tool(String name) {
			return this.mcp.callTool(new CallToolRequest(name, Map.of(), null)).content().toString();
		}

	}

	/**
	 * Calls one tool after the other.
	 */
	private static final class ScriptedModel implements ChatModel {

		private final List<String> results = new CopyOnWriteArrayList<>();

		private final Deque<ToolExecutionRequest> calls;

		ScriptedModel(ToolExecutionRequest... calls) {
			this.calls = new ArrayDeque<>(List.of(calls));
		}

		@Override
		public ChatResponse doChat(ChatRequest request) {
			if (request.messages().get(request.messages().size() - 1) instanceof ToolExecutionResultMessage result) {
				this.results.add(result.text());
			}
			AiMessage message = this.calls.isEmpty() ? AiMessage.from("Done.") : AiMessage.from(this.calls.remove());
			return ChatResponse.builder().aiMessage(message).build();
		}

	}

}
