/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Payment;
import io.x402.spring.web.settlement.SettleBehaviour;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for paid tools of a synchronous server over streamable HTTP.
 */
class PaidToolTests {

	private static final Map<String, Object> CITY = Map.of("city", "bern");

	private static final String BY_CONFIGURATION = "x402.mcp.tools[0].name=by-configuration";

	private static final String[] PRICES = { BY_CONFIGURATION, "x402.mcp.tools[0].price=$0.01",
			"x402.mcp.tools[1].name=structured-only", "x402.mcp.tools[1].price=$0.01",
			"x402.mcp.tools[2].name=misshapen", "x402.mcp.tools[2].price=$0.01", "x402.mcp.tools[3].name=later",
			"x402.mcp.tools[3].price=$0.01", "x402.mcp.tools[3].required=false" };

	private static final List<String> SOLD = List.of("text", "structured", "structured-only", "image", "classic",
			"by-class", "by-configuration", "slow", "talkative", "progressing");

	private static final List<SettleBehaviour> BEHAVIOURS = List.of(SettleBehaviour.SETTLED, SettleBehaviour.DECLINED,
			SettleBehaviour.SERVER_ERROR, SettleBehaviour.GARBAGE, SettleBehaviour.RESET,
			SettleBehaviour.WITHOUT_TRANSACTION);

	private static ToolShop shop;

	@BeforeAll
	static void open() {
		shop = ToolShop.open("STREAMABLE", ToolsOfAllKinds.class, PRICES);
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	static Stream<Arguments> outcomes() {
		return SOLD.stream().flatMap((tool) -> BEHAVIOURS.stream().map((behaviour) -> Arguments.of(tool, behaviour)));
	}

	@ParameterizedTest
	@MethodSource("outcomes")
	void contentLeavesIfAndOnlyIfItWasSettled(String tool, SettleBehaviour behaviour) {
		Payment payment = shop.payment(tool, CITY);
		Script script = shop.script(payment, behaviour);
		shop.heard().clear();
		CallToolResult result = shop.call(tool, CITY, payment);
		assertThat(script.settlements()).isOne();
		assertThat(shop.claim(payment).state()).isEqualTo(behaviour.claim());
		if (behaviour == SettleBehaviour.SETTLED) {
			assertThat(isSold(result)).isTrue();
			assertThat(receipt(result)).containsEntry("success", true)
				.containsEntry("transaction", payment.transaction());
			assertThat(isSold(shop.call(tool, CITY, payment))).isTrue();
			assertThat(script.settlements()).isOne();
			int heard = (tool.equals("talkative") || tool.equals("progressing")) ? 1 : 0;
			Awaitility.await().untilAsserted(() -> assertThat(shop.heard()).hasSize(heard));
		}
		else {
			assertThat(shop.heard()).isEmpty();
			assertThat(isSold(result)).isFalse();
			assertThat(result.isError()).isTrue();
			assertThat(receipt(result)).isNull();
			boolean asksAgain = behaviour == SettleBehaviour.DECLINED;
			assertThat(ToolShop.text(result).contains("accepts")).isEqualTo(asksAgain);
			assertThat(result.meta() != null && result.meta().containsKey("x402/error")).isEqualTo(asksAgain);
			assertThat(ToolShop.text(result).contains("settlement_pending")).isEqualTo(!asksAgain);
		}
	}

	static Stream<Arguments> failures() {
		return Stream.of("error", "exception", "misshapen")
			.flatMap((tool) -> BEHAVIOURS.stream().map((behaviour) -> Arguments.of(tool, behaviour)));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void whenToolFailsThenNothingIsCharged(String tool, SettleBehaviour behaviour) {
		Payment payment = shop.payment(tool, CITY);
		Script script = shop.script(payment, behaviour);
		CallToolResult result = shop.call(tool, CITY, payment);
		assertThat(result.isError()).isTrue();
		assertThat(isSold(result)).isFalse();
		assertThat(receipt(result)).isNull();
		assertThat(ToolShop.text(result)).doesNotContain("accepts");
		assertThat(script.settlements()).isZero();
		assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.ABANDONED);
	}

	@Test
	void whenUnpaidThenOffersAreWhereClientsLook() {
		CallToolResult result = shop.call("text", CITY);
		PaymentRequiredDocument offers = ToolShop.challenge(result);
		assertThat(result.isError()).isTrue();
		assertThat(offers.x402Version()).isEqualTo(2);
		assertThat(offers.resource().url()).isEqualTo("mcp://tool/text");
		assertThat(offers.accepts().get(0).amount()).isEqualTo("10000");
		assertThat(result.structuredContent()).isEqualTo(ToolShop.map(ToolShop.text(result).getBytes()));
		assertThat(result.meta().get("x402/error")).isEqualTo(result.structuredContent());
	}

	@ParameterizedTest
	@CsvSource({ "text, text", "structured, json" })
	void toolIsDescribedToCatalogues(String tool, String output) {
		Map<?, ?> bazaar = (Map<?, ?>) ToolShop.challenge(shop.call(tool, CITY)).extensions().get("bazaar");
		Map<?, ?> info = (Map<?, ?>) bazaar.get("info");
		assertThat(info.get("input")).isEqualTo(input(tool));
		assertThat(info.get("output")).isEqualTo(Map.of("type", output));
		@SuppressWarnings("unchecked")
		Map<String, Object> schema = (Map<String, Object>) bazaar.get("schema");
		assertThat(McpJsonDefaults.getSchemaValidator().validate(schema, info).valid()).isTrue();
	}

	private static Map<String, Object> input(String tool) {
		Tool listed = tool(tool);
		return Map.of("type", "mcp", "toolName", tool, "description", listed.description(), "transport",
				"streamable-http", "inputSchema", listed.inputSchema());
	}

	@Test
	void whenToolOptsOutThenItIsNotDescribed() {
		assertThat(ToolShop.challenge(shop.call("other", CITY)).extensions()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "structured", "structured-only" })
	void whenToolHasAnOutputSchemaThenOffersAreNoStructuredContent(String tool) {
		CallToolResult result = shop.call(tool, CITY);
		assertThat(result.structuredContent()).isNull();
		assertThat(ToolShop.challenge(result).accepts()).hasSize(1);
		assertThat(result.meta()).containsKey("x402/error");
	}

	@Test
	void whenToolIsFreeThenItRuns() {
		assertThat(ToolShop.text(shop.call("free", Map.of()))).contains("hello");
	}

	@Test
	void whenPaymentIsBase64ThenItIsTaken() {
		Payment payment = shop.payment("text", CITY);
		shop.script(payment, SettleBehaviour.SETTLED);
		CallToolResult result = shop.client()
			.callTool(new CallToolRequest("text", CITY, ToolShop.meta(payment.value())));
		assertThat(isSold(result)).isTrue();
	}

	@Test
	void whenPaymentIsOfVersion1ThenItIsTaken() {
		PaymentRequirements offer = ToolShop.challenge(shop.call("text", CITY)).accepts().get(0);
		Payment payment = shop.sign(offer, ProtocolVersion.V1);
		shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(isSold(shop.call("text", CITY, payment))).isTrue();
	}

	@Test
	void whenPaymentIsNoneThenNothingRuns() {
		int runs = runs();
		for (Object garbage : List.of("garbage", "", Map.of("x402Version", 2), Map.of(), 1, List.of("a"),
				Base64.getEncoder().encodeToString("{}".getBytes()), "x".repeat(20000))) {
			CallToolResult result = shop.client().callTool(new CallToolRequest("text", CITY, ToolShop.meta(garbage)));
			assertThat(ToolShop.challenge(result).accepts()).hasSize(1);
		}
		assertThat(runs()).isEqualTo(runs);
	}

	@Test
	void whenPaymentIsForAnotherCallThenItIsRefused() {
		Payment payment = shop.payment("text", CITY);
		shop.script(payment, SettleBehaviour.SETTLED);
		shop.call("text", CITY, payment);
		int runs = runs();
		assertThat(ToolShop.text(shop.call("text", Map.of("city", "basel"), payment)))
			.contains("payment_already_bound");
		assertThat(ToolShop.text(shop.call("other", CITY, payment))).contains("payment_already_bound");
		assertThat(ToolShop.text(shop.call("dear", CITY, payment))).contains("payment_already_bound");
		assertThat(runs()).isEqualTo(runs);
	}

	@Test
	void whenMembersOfArgumentsComeInAnotherOrderThenTheCallIsTheSame() {
		Map<String, Object> first = new LinkedHashMap<>();
		first.put("city", "bern");
		first.put("more", Map.of("a", List.of(1, 2), "b", 2));
		Map<String, Object> more = new TreeMap<>(Comparator.reverseOrder());
		more.putAll(Map.of("a", List.of(1, 2), "b", 2));
		Map<String, Object> again = new LinkedHashMap<>();
		again.put("more", more);
		again.put("city", "bern");
		Payment payment = shop.payment("text", first);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		CallToolResult result = shop.call("text", first, payment);
		assertThat(shop.call("text", again, payment)).isEqualTo(result);
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenPriceDependsOnArgumentsThenTheyAreSeen() {
		assertThat(ToolShop.challenge(shop.call("dear", CITY)).accepts().get(0).amount()).isEqualTo("20000");
		Map<String, Object> zurich = Map.of("city", "zurich");
		assertThat(ToolShop.challenge(shop.call("dear", zurich)).accepts().get(0).amount()).isEqualTo("50000");
		Payment payment = shop.payment("dear", CITY);
		shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(isSold(shop.call("dear", zurich, payment))).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "resolved, bern, 40000", "resolved, zurich, 60000", "meta, bern, 10000" })
	void whenPriceIsOfABeanOrOfAnotherAnnotationThenItIsAskedFor(String tool, String city, String amount) {
		CallToolResult result = shop.call(tool, Map.of("city", city));
		assertThat(ToolShop.challenge(result).accepts().get(0).amount()).isEqualTo(amount);
	}

	@Test
	void whenOnePaymentComes64TimesAtOnceThenToolRunsOnce() throws Exception {
		Payment payment = shop.payment("text", CITY);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		int runs = runs();
		CallToolRequest request = ToolShop.request("text", CITY, payment);
		ExecutorService callers = Executors.newFixedThreadPool(64);
		CyclicBarrier start = new CyclicBarrier(64);
		List<Future<CallToolResult>> results = new ArrayList<>();
		for (int i = 0; i < 64; i++) {
			results.add(callers.submit(() -> {
				start.await();
				return shop.client().callTool(request);
			}));
		}
		List<String> texts = new ArrayList<>();
		for (Future<CallToolResult> result : results) {
			texts.add(ToolShop.text(result.get()));
		}
		callers.shutdown();
		assertThat(texts.stream().filter((text) -> text.contains("sold")).distinct()).hasSize(1);
		assertThat(texts).allMatch((text) -> text.contains("sold") || text.contains("payment_in_progress"));
		assertThat(runs()).isEqualTo(runs + 1);
		assertThat(script.settlements()).isOne();
	}

	static Stream<SettleBehaviour> behaviours() {
		return BEHAVIOURS.stream();
	}

	@ParameterizedTest
	@MethodSource("behaviours")
	void whenClientGivesUpThenResultCanBeCollectedIfAndOnlyIfItWasSettled(SettleBehaviour behaviour) {
		Payment payment = shop.payment("slow", CITY);
		Script script = shop.script(payment, behaviour);
		int runs = runs();
		McpSyncClient impatient = shop.connect(Duration.ofMillis(500));
		CallToolRequest request = ToolShop.request("slow", CITY, payment);
		assertThatThrownBy(() -> impatient.callTool(request)).isNotNull();
		CallToolResult result = shop.client().callTool(request);
		assertThat(isSold(result)).isEqualTo(behaviour == SettleBehaviour.SETTLED);
		assertThat(receipt(result) != null).isEqualTo(behaviour == SettleBehaviour.SETTLED);
		assertThat(shop.claim(payment).state()).isEqualTo(behaviour.claim());
		assertThat(runs()).isEqualTo(runs + 1);
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenFacilitatorIsDownThenNoToolRuns() {
		try (ToolShop down = ToolShop.open("STREAMABLE", ToolsOfAllKinds.class, PRICES)) {
			List<String> tools = Stream.concat(SOLD.stream(), Stream.of("error", "exception", "misshapen")).toList();
			Map<String, Payment> payments = new HashMap<>();
			tools.forEach((tool) -> payments.put(tool, down.payment(tool, CITY)));
			down.takeFacilitatorDown();
			assertThat(tools).allSatisfy((tool) -> {
				CallToolResult result = down.call(tool, CITY, payments.get(tool));
				assertThat(result.isError()).isTrue();
				assertThat(ToolShop.text(result)).contains("facilitator_unavailable").doesNotContain("accepts");
				assertThat(isSold(result)).isFalse();
				assertThat(ToolShop.text(result)).doesNotContain("not today");
			});
			assertThat(down.bean(ToolsOfAllKinds.Annotated.class).runs.get()).isZero();
			assertThat(ToolShop.text(down.call("free", Map.of()))).contains("hello");
		}
	}

	@Test
	void whenToolIsAddedLaterThenItIsPaid() {
		McpSyncServer server = shop.bean(McpSyncServer.class);
		server.addTool(
				ToolsOfAllKinds.specification("later", null, CallToolResult.builder().addTextContent("sold").build()));
		server.getAsyncServer().removeTool("later").block();
		server.addTool(
				ToolsOfAllKinds.specification("later", null, CallToolResult.builder().addTextContent("sold").build()));
		Payment payment = shop.payment("later", CITY);
		shop.script(payment, SettleBehaviour.DECLINED);
		assertThat(isSold(shop.call("later", CITY, payment))).isFalse();
	}

	@Test
	void handlerSeesThePaymentWithoutItsSignature() {
		Payment payment = shop.payment("payer", CITY);
		shop.script(payment, SettleBehaviour.SETTLED);
		CallToolResult result = shop.call("payer", CITY, payment);
		assertThat(ToolShop.text(result)).containsIgnoringCase(payment.authorization().from())
			.doesNotContain("x402/payment");
	}

	@Test
	void pricesAreListed() {
		Tool tool = tool("text");
		assertThat(tool.meta()).containsEntry("agents-x402/paymentRequired", true)
			.containsEntry("agents-x402/priceUSD", 0.01);
		assertThat(tool.meta().get("x402")).asString().contains("exact", "eip155:84532", "10000");
		assertThat(tool("by-configuration").meta()).containsEntry("agents-x402/paymentRequired", true);
		assertThat(tool("free").meta()).isNull();
	}

	private static Tool tool(String name) {
		return shop.client().listTools().tools().stream().filter((tool) -> tool.name().equals(name)).findFirst().get();
	}

	private static int runs() {
		return shop.bean(ToolsOfAllKinds.Annotated.class).runs.get();
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> receipt(CallToolResult result) {
		return (result.meta() != null) ? (Map<String, Object>) result.meta().get("x402/payment-response") : null;
	}

	/**
	 * Whatever part of the result the content is in; the image is base64 of it.
	 */
	private static boolean isSold(CallToolResult result) {
		try {
			String json = McpJsonDefaults.getMapper().writeValueAsString(result);
			return json.contains("sold") || json.contains("c29sZA==");
		}
		catch (java.io.IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

}
