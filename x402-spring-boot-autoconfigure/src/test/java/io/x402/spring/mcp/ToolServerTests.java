/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.x402.spring.PaymentRequired;
import io.x402.spring.pricing.CallerExpression;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Payment;
import io.x402.spring.web.settlement.SettleBehaviour;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.mcp.customizer.McpSyncServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for the gate in all kinds of servers, and for servers that must not start.
 */
class ToolServerTests {

	private static final Map<String, Object> CITY = Map.of("city", "bern");

	@ParameterizedTest
	@CsvSource({ "STREAMABLE, ASYNC", "STATELESS, SYNC", "STATELESS, ASYNC", "SSE, SYNC", "SSE, ASYNC" })
	void everyKindOfServerSells(String protocol, String type) {
		Class<?> tools = type.equals("SYNC") ? FewTools.class : ReactiveTools.class;
		try (ToolShop shop = ToolShop.open(protocol, tools, "spring.ai.mcp.server.type=" + type)) {
			assertThat(ToolShop.text(shop.call("free", Map.of()))).contains("hello");
			assertThat(ToolShop.challenge(shop.call("text", CITY)).resource().url()).isEqualTo("mcp://tool/text");
			Payment payment = shop.payment("text", CITY);
			Script script = shop.script(payment, SettleBehaviour.SETTLED);
			CallToolResult first = shop.call("text", CITY, payment);
			assertThat(ToolShop.text(first)).contains("sold bern 1");
			assertThat(first.meta()).containsKey("x402/payment-response");
			assertThat(shop.call("text", CITY, payment)).isEqualTo(first);
			assertThat(script.settlements()).isOne();
			Payment declined = shop.payment("text", CITY);
			shop.script(declined, SettleBehaviour.DECLINED);
			assertThat(ToolShop.text(shop.call("text", CITY, declined))).doesNotContain("sold");
			Payment unknown = shop.payment("text", CITY);
			shop.script(unknown, SettleBehaviour.SERVER_ERROR);
			assertThat(ToolShop.text(shop.call("text", CITY, unknown))).contains("settlement_pending")
				.doesNotContain("accepts", "sold");
			Payment failing = shop.payment("exception", Map.of());
			Script uncharged = shop.script(failing, SettleBehaviour.SETTLED);
			assertThat(failure(shop, failing)).contains("not today");
			assertThat(uncharged.settlements()).isZero();
			assertThat(shop.claim(failing).state()).isEqualTo(ClaimState.ABANDONED);
		}
	}

	@Test
	void whenAnAsynchronousToolFailsForItsPaymentThenTheReasonIsTold() {
		try (ToolShop shop = ToolShop.open("STREAMABLE", Announcing.class, "spring.ai.mcp.server.type=ASYNC",
				"x402.mcp.tools[0].name=announcing", "x402.mcp.tools[0].price=$0.01")) {
			Payment unknown = shop.payment("announcing", Map.of());
			shop.script(unknown, SettleBehaviour.SERVER_ERROR);
			assertThat(ToolShop.text(shop.call("announcing", Map.of(), unknown))).contains("settlement_pending");
			Payment declined = shop.payment("announcing", Map.of());
			shop.script(declined, SettleBehaviour.DECLINED);
			CallToolResult result = shop.call("announcing", Map.of(), declined);
			assertThat(ToolShop.challenge(result).accepts()).hasSize(1);
			assertThat(shop.heard()).isEmpty();
		}
	}

	private static String failure(ToolShop shop, Payment payment) {
		try {
			return ToolShop.text(shop.call("exception", Map.of(), payment));
		}
		catch (RuntimeException ex) {
			return ex.getMessage();
		}
	}

	@Test
	void toolsAreListedAsPaidAndFree() throws Exception {
		try (ToolShop shop = ToolShop.open("STREAMABLE", FewTools.class,
				"management.endpoints.web.exposure.include=x402")) {
			HttpResponse<byte[]> response = HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(URI.create(shop.url() + "/actuator/x402")).build(),
						BodyHandlers.ofByteArray());
			@SuppressWarnings("unchecked")
			List<Map<String, Object>> tools = (List<Map<String, Object>>) ToolShop.map(response.body()).get("tools");
			assertThat(tools).extracting((tool) -> tool.get("name") + " " + tool.get("paid"))
				.containsExactly("exception true", "text true", "free false");
			assertThat(tools.get(1).get("offers").toString()).contains("price=$0.01", "atomic=10000");
			assertThat(tools.get(2)).containsEntry("offers", List.of());
		}
	}

	@Test
	void whatToolsEarnIsOnTheConsoleAndInMetersByTool() throws Exception {
		try (ToolShop shop = ToolShop.open("STREAMABLE", FewTools.class, "x402.console.enabled=true")) {
			Payment payment = shop.payment("text", CITY);
			shop.script(payment, SettleBehaviour.SETTLED);
			shop.call("text", CITY, payment);
			HttpResponse<byte[]> response = HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(URI.create(shop.url() + "/actuator/x402console/figures"))
					.header("Accept", "application/json")
					.build(), BodyHandlers.ofByteArray());
			Map<String, Object> figures = ToolShop.map(response.body());
			assertThat(figures.get("routes").toString()).contains("route=mcp tool/text", "atomic=10000");
			assertThat(figures.get("entries").toString()).contains("mcp tool/text");
			MeterRegistry meters = shop.bean(MeterRegistry.class);
			assertThat(meters.get("x402.tool.payments").tags("tool", "text", "outcome", "settled").counter().count())
				.isOne();
			assertThat(meters.get("x402.tool.payments")
				.tags("tool", "text", "outcome", "refused", "reason", "payment_required")
				.counter()
				.count()).isOne();
			assertThat(meters.get("x402.tool.settled.amount").tags("tool", "text").summary().totalAmount())
				.isEqualTo(0.01);
		}
	}

	@Test
	void whenFacilitatorIsDownThenToolDoesNotRun() {
		try (ToolShop shop = ToolShop.open("STATELESS", FewTools.class)) {
			shop.takeFacilitatorDown();
			CallToolResult result = shop.call("text", CITY, shop.payment("text", CITY));
			assertThat(ToolShop.text(result)).contains("facilitator_unavailable").doesNotContain("accepts", "sold");
			assertThat(shop.bean(FewTools.Tools.class).runs).isZero();
		}
	}

	@Test
	void whenDisabledThenNothingIsSoldAndNothingIsFree() {
		try (ToolShop shop = ToolShop.open("STATELESS", FewTools.class, "x402.enabled=false")) {
			assertThat(ToolShop.text(shop.call("free", Map.of()))).contains("hello");
			CallToolResult result = shop.call("text", CITY);
			assertThat(result.isError()).isTrue();
			assertThat(ToolShop.text(result)).contains("payments_unavailable");
		}
	}

	@Test
	void whenResponsesAreNotStoredThenToolStillSells() {
		try (ToolShop shop = ToolShop.open("STATELESS", FewTools.class, "x402.redelivery.window=0s")) {
			Payment payment = shop.payment("text", CITY);
			shop.script(payment, SettleBehaviour.SETTLED);
			assertThat(ToolShop.text(shop.call("text", CITY, payment))).contains("sold");
		}
	}

	@Test
	void whenFlowIsUpfrontThenMoneyMovesFirst() {
		try (ToolShop shop = ToolShop.open("STATELESS", FewTools.class, "x402.settlement.flow=upfront")) {
			Payment payment = shop.payment("text", CITY);
			shop.script(payment, SettleBehaviour.DECLINED);
			assertThat(ToolShop.text(shop.call("text", CITY, payment))).doesNotContain("sold");
			assertThat(shop.bean(FewTools.Tools.class).runs).isZero();
			Payment failing = shop.payment("exception", Map.of());
			Script script = shop.script(failing, SettleBehaviour.SETTLED);
			failure(shop, failing);
			failure(shop, failing);
			assertThat(script.settlements()).isOne();
			assertThat(shop.bean(FewTools.Tools.class).failures).isEqualTo(2);
		}
	}

	@Test
	void whenARoutePricesTheEndpointThenTheStartFails() {
		assertRefused("STREAMABLE", FewTools.class, "endpoint of the MCP server", "x402.routes[0].path=/mcp/**",
				"x402.routes[0].price=$0.01");
		assertRefused("SSE", FewTools.class, "endpoint of the MCP server", "x402.routes[0].path=/mcp/message",
				"x402.routes[0].price=$0.01");
	}

	@Test
	void whenAPricedToolDoesNotExistThenTheStartFails() {
		assertRefused("STREAMABLE", FewTools.class, "no MCP server of the application has the tool",
				"x402.mcp.tools[0].name=txet", "x402.mcp.tools[0].price=$0.01");
	}

	@Test
	void whenAToolOfTheBuilderHasAPriceThenTheStartFails() {
		assertRefused("STREAMABLE", Builder.class, "calls do not pass the payment gate", "x402.mcp.tools[0].name=built",
				"x402.mcp.tools[0].price=$0.01");
	}

	@Test
	void whenTransactionIsToBeBoundThenTheStartFails() {
		assertRefused("STREAMABLE", Transactional.class, "transaction");
	}

	@Test
	void whenAToolHasAFreeQuotaThenTheStartFails() {
		assertRefused("STREAMABLE", FreeAtFirst.class, "free quota");
	}

	@Test
	void whenAToolIsFreeForSomeCallersThenTheStartFails() {
		assertRefused("STREAMABLE", FreeForSome.class, "everybody would pay");
	}

	@Test
	void whenAToolHasATopUpThenTheStartFails() {
		assertRefused("STREAMABLE", ToppedUp.class, "balances");
	}

	@Test
	void whenThereIsADefaultTopUpThenToolsOfferNone() {
		try (ToolShop shop = ToolShop.open("STATELESS", FewTools.class, "x402.credits.top-up=$5")) {
			assertThat(ToolShop.challenge(shop.call("text", CITY)).accepts()).hasSize(1);
		}
	}

	@Test
	void whenMainnetIsSimulatedThenTheStartFails() {
		assertRefused("STREAMABLE", FewTools.class, "simulated facilitator", "x402.network=base",
				"x402.facilitator.type=simulated");
	}

	@Test
	void whenAPricedMethodIsNoToolThenTheStartFails() {
		assertRefused("STREAMABLE", NoTool.class, "would be free");
		assertRefused("STREAMABLE", NoToolOfPricedClass.class, "would be free");
	}

	private static void assertRefused(String protocol, Class<?> tools, String reason, String... properties) {
		assertThatThrownBy(() -> ToolShop.run(protocol, tools, "http://127.0.0.1:1/facilitator", properties).close())
			.hasStackTraceContaining(reason);
	}

	@Configuration(proxyBeanMethods = false)
	static class FewTools {

		@Bean
		Tools tools() {
			return new Tools();
		}

		static class Tools {

			volatile int runs;

			volatile int failures;

			@McpTool(name = "free")
			String free() {
				return "hello";
			}

			@McpTool(name = "text")
			@PaymentRequired(price = "$0.01")
			String text(String city) {
				this.runs++;
				return "sold " + city + " " + this.runs;
			}

			@McpTool(name = "exception")
			@PaymentRequired(price = "$0.01")
			String exception() {
				this.failures++;
				throw new IllegalStateException("not today");
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Announcing {

		@Bean
		List<AsyncToolSpecification> announcing() {
			Tool tool = new Tool("announcing", null, null, Map.of("type", "object"), null, null, null, null);
			return List.of(new AsyncToolSpecification(tool,
					(exchange, request) -> exchange
						.progressNotification(new ProgressNotification("token", 0.5, 1.0, "sold by half", Map.of()))
						.thenReturn(CallToolResult.builder().addTextContent("sold").build())));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Builder {

		@Bean
		@Primary
		McpSyncServerCustomizer builder() {
			return (server) -> server.tools(List.of(specification()));
		}

		private static SyncToolSpecification specification() {
			return ToolsOfAllKinds.specification("built", null,
					CallToolResult.builder().addTextContent("sold").build());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Transactional {

		@McpTool(name = "transactional")
		@PaymentRequired(price = "$0.01", transactional = true)
		String transactional() {
			return "sold";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FreeAtFirst {

		@McpTool(name = "freeAtFirst")
		@PaymentRequired(price = "$0.01", freeQuota = "3 per 1d")
		String freeAtFirst() {
			return "sold";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FreeForSome {

		@Bean
		CallerExpression.Parser anyExpression() {
			return (attribute, text) -> (request) -> true;
		}

		@McpTool(name = "freeForSome")
		@PaymentRequired(price = "$0.01", freeFor = "isAuthenticated()")
		String freeForSome() {
			return "sold";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ToppedUp {

		@McpTool(name = "toppedUp")
		@PaymentRequired(price = "$0.01", topUp = "$5")
		String toppedUp() {
			return "sold";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NoTool {

		@McpTool(name = "tool")
		@PaymentRequired(price = "$0.01")
		String tool() {
			return "sold";
		}

		@PaymentRequired(price = "$0.01")
		String noTool() {
			return "sold";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@PaymentRequired(price = "$0.01")
	static class NoToolOfPricedClass {

		String noTool() {
			return "sold";
		}

	}

}
