/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.lang.ref.WeakReference;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.x402.spring.PaymentRequired;
import io.x402.spring.client.PurchaseEvent;
import io.x402.spring.client.mcp.PayingClientTransport;
import io.x402.spring.pricing.PaymentValueResolver;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Payment;
import io.x402.spring.web.settlement.SettleBehaviour;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Tools that come, go and change their price while buyers are connected.
 */
class ChangingToolsTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final List<PurchaseEvent> events = new CopyOnWriteArrayList<>();

	private final BlockingQueue<List<Tool>> lists = new LinkedBlockingQueue<>();

	private ToolShop shop;

	private McpSyncClient client;

	@AfterEach
	void close() {
		this.client.close();
		this.shop.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "STREAMABLE", "SSE" })
	void whenToolsComeAndGoThenBuyersHearOfItAndPayForThoseThatThereAre(String protocol) throws Exception {
		open(protocol);
		Script script = this.shop.scriptOthers(SettleBehaviour.SETTLED);
		McpSyncServer server = this.shop.bean(McpSyncServer.class);
		server.addTool(
				ToolsOfAllKinds.specification("later", null, CallToolResult.builder().addTextContent("sold").build()));
		assertThat(heard(server, (tools) -> tools.containsKey("later")).get("later").description())
			.contains("(Costs 0.02 USD per call.)");
		assertThat(call("later")).contains("sold");
		assertThat(paid()).containsExactly("0.02");
		Payment unused = this.shop.payment("later", Map.of());
		server.removeTool("later");
		assertThat(heard(server, (tools) -> !tools.containsKey("later"))).containsKey("computed");
		assertThatException().isThrownBy(() -> this.shop.call("later", Map.of(), unused));
		assertThatException().isThrownBy(() -> call("later"));
		assertThat(this.shop.claim(unused)).isNull();
		assertThat(script.settlements()).isOne();
		assertThat(paid()).containsExactly("0.02");
	}

	@Test
	void whenAPriceChangesThenTheNextCallCostsTheNewOneAndTheListNamesNone() {
		open("STREAMABLE");
		this.shop.scriptOthers(SettleBehaviour.SETTLED);
		assertThat(description("computed")).contains("(Costs money per call.)");
		assertThat(call("computed")).contains("sold");
		Payment unused = this.shop.payment("computed", Map.of());
		Tools tools = this.shop.bean(Tools.class);
		tools.price = "$0.02";
		CallToolResult refused = this.shop.call("computed", Map.of(), unused);
		assertThat(ToolShop.challenge(refused).accepts().get(0).amount()).isEqualTo("20000");
		assertThat(this.shop.claim(unused)).isNull();
		assertThat(call("computed")).contains("sold");
		tools.price = "$0.05";
		assertThat(call("computed")).contains("amount_above_limit").doesNotContain("sold");
		assertThat(paid()).containsExactly("0.01", "0.02");
		assertThat(tools.runs).isEqualTo(2);
		assertThat(description("computed")).contains("(Costs money per call.)");
	}

	@Test
	void whenAToolIsGoneThenItsDescriptionIsForgotten() {
		open("STREAMABLE");
		McpSyncServer server = this.shop.bean(McpSyncServer.class);
		WeakReference<Tool> gone = added(server);
		server.removeTool("later");
		await().atMost(Duration.ofSeconds(20)).until(() -> {
			System.gc();
			return gone.refersTo(null);
		});
	}

	private static WeakReference<Tool> added(McpSyncServer server) {
		server.addTool(
				ToolsOfAllKinds.specification("later", null, CallToolResult.builder().addTextContent("sold").build()));
		return new WeakReference<>(
				server.listTools().stream().filter((tool) -> tool.name().equals("later")).findFirst().orElseThrow());
	}

	private void open(String protocol) {
		this.shop = ToolShop.open(protocol, Tools.class, "x402.mcp.tools[0].name=later",
				"x402.mcp.tools[0].price=$0.02", "x402.mcp.tools[0].required=false");
		this.client = McpClient
			.sync(new PayingClientTransport(this.shop.transport(), BoughtToolTests.payer(this.events),
					URI.create(this.shop.url() + "/mcp"), TIMEOUT))
			.requestTimeout(TIMEOUT)
			.toolsChangeConsumer(this.lists::add)
			.build();
		this.client.initialize();
	}

	/**
	 * Wait for a list. The stream of events may open after the server has notified its
	 * clients, so they are notified until they hear it.
	 */
	private Map<String, Tool> heard(McpSyncServer server, Predicate<Map<String, Tool>> wanted) throws Exception {
		for (int i = 0; i < 60; i++) {
			List<Tool> list = this.lists.poll(1, TimeUnit.SECONDS);
			if (list == null) {
				server.notifyToolsListChanged();
			}
			else if (wanted.test(byName(list))) {
				return byName(list);
			}
		}
		throw new AssertionError("The client heard of no such list");
	}

	private static Map<String, Tool> byName(List<Tool> tools) {
		return tools.stream().collect(Collectors.toMap(Tool::name, (tool) -> tool));
	}

	private String description(String tool) {
		return byName(this.client.listTools().tools()).get(tool).description();
	}

	private String call(String tool) {
		return ToolShop.text(this.client.callTool(new CallToolRequest(tool, Map.of(), null)));
	}

	private List<String> paid() {
		return this.events.stream()
			.filter(PurchaseEvent.Delivered.class::isInstance)
			.map((event) -> ((PurchaseEvent.Delivered) event).purchase().terms().price())
			.map(BigDecimal::stripTrailingZeros)
			.map(BigDecimal::toPlainString)
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	static class Tools {

		volatile String price = "$0.01";

		volatile int runs;

		@Bean
		PaymentValueResolver current() {
			return (request) -> this.price;
		}

		@McpTool(name = "computed")
		@PaymentRequired(price = "@current")
		String computed() {
			this.runs++;
			return "sold";
		}

	}

}
