/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.x402.spring.PaymentRequired;
import io.x402.spring.client.Payer;
import io.x402.spring.client.PurchaseEvent;
import io.x402.spring.client.SpendingPolicy;
import io.x402.spring.client.mcp.PayingClientTransport;
import io.x402.spring.evm.PaymentSigner;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.SettleBehaviour;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Our buyer at our own servers.
 */
class BoughtToolTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final Map<String, Object> CITY = Map.of("city", "bern");

	private final List<PurchaseEvent> events = new CopyOnWriteArrayList<>();

	@ParameterizedTest
	@CsvSource({ "STREAMABLE, SYNC", "STATELESS, ASYNC", "SSE, SYNC" })
	void everyKindOfServerIsPaid(String protocol, String type) {
		try (ToolShop shop = ToolShop.open(protocol, Tools.class)) {
			Script script = shop.scriptOthers(SettleBehaviour.SETTLED);
			McpClientTransport transport = new PayingClientTransport(shop.transport(), payer(this.events),
					URI.create(shop.url() + "/mcp"), TIMEOUT);
			try (Client client = type.equals("SYNC") ? sync(transport) : async(transport)) {
				assertThat(client.tools.stream().filter((tool) -> tool.name().equals("text")).findFirst())
					.hasValueSatisfying((tool) -> assertThat(tool.description()).contains("Costs 0.01 USD per call"));
				assertThat(client.text("free", Map.of())).contains("hello");
				assertThat(client.text("text", CITY)).contains("sold bern");
				assertThat(client.text("structured", Map.of())).contains("sold");
				assertThat(client.text("error", Map.of())).contains("not today");
				assertThat(client.text("dear", Map.of())).contains("amount_above_limit").doesNotContain("sold");
				assertThat(script.settlements()).isEqualTo(2);
				Script unknown = shop.scriptOthers(SettleBehaviour.SERVER_ERROR);
				assertThat(client.text("text", CITY)).contains("settlement_pending").doesNotContain("sold");
				assertThat(client.text("text", CITY)).contains("settlement_pending").doesNotContain("sold");
				assertThat(unknown.settlements()).isOne();
			}
			assertThat(this.events).extracting((event) -> event.getClass().getSimpleName())
				.containsExactly("Signed", "Delivered", "Signed", "Delivered", "Signed", "Declined", "Refused",
						"Signed", "Undecided", "Resumed", "Undecided");
		}
	}

	static Payer payer(List<PurchaseEvent> events) {
		SpendingPolicy policy = new SpendingPolicy(
				new SpendingPolicy.Sellers(List.of("127.0.0.1"), false, true, Map.of()),
				new SpendingPolicy.Offers(Set.of("eip155:84532"), Set.of(), Set.of("exact"), Set.of("authorization")),
				new BigDecimal("0.04"), null, List.of());
		return Payer.builder(new PaymentSigner(new PrivateKeySigner("07".repeat(32))), policy, Clock.systemUTC())
			.attempts(2, Duration.ofMillis(1), Duration.ofMillis(1))
			.listeners(List.of(events::add))
			.build();
	}

	private static Client sync(McpClientTransport transport) {
		McpSyncClient client = McpClient.sync(transport).requestTimeout(TIMEOUT).build();
		client.initialize();
		return new Client(client.listTools().tools(), client::callTool, client::close);
	}

	private static Client async(McpClientTransport transport) {
		McpAsyncClient client = McpClient.async(transport).requestTimeout(TIMEOUT).build();
		client.initialize().block();
		return new Client(client.listTools().block().tools(), (request) -> client.callTool(request).block(),
				client::close);
	}

	@Configuration(proxyBeanMethods = false)
	static class Tools {

		@McpTool(name = "free")
		String free() {
			return "hello";
		}

		@McpTool(name = "text")
		@PaymentRequired(price = "$0.01")
		String text(String city) {
			return "sold " + city;
		}

		@McpTool(name = "structured", generateOutputSchema = true)
		@PaymentRequired(price = "$0.01")
		Word structured() {
			return new Word("sold");
		}

		@McpTool(name = "dear")
		@PaymentRequired(price = "$0.05")
		String dear() {
			return "sold";
		}

		@McpTool(name = "error")
		@PaymentRequired(price = "$0.01")
		CallToolResult error() {
			return CallToolResult.builder().addTextContent("not today").isError(true).build();
		}

	}

	record Word(String word) {

	}

	private record Client(List<Tool> tools, Function<CallToolRequest, CallToolResult> calls,
			Runnable end) implements AutoCloseable {

		String text(String tool, Map<String, Object> arguments) {
			return ToolShop.text(this.calls.apply(new CallToolRequest(tool, arguments, null)));
		}

		@Override
		public void close() {
			this.end.run();
		}

	}

}
