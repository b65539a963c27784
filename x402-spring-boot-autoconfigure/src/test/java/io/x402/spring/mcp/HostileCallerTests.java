/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.pricing.InvalidPricingException;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Payment;
import io.x402.spring.web.settlement.SettleBehaviour;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.mcp.annotation.provider.tool.SyncMcpToolProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Clients that want more than they have paid for. They send bytes that no library would.
 */
class HostileCallerTests {

	private static final String BERN = "{\"city\":\"bern\"}";

	private static final String ODD = ".A-b_1..";

	private static ToolShop shop;

	private static RawCaller caller;

	@BeforeAll
	static void open() {
		shop = ToolShop.open("STREAMABLE", Tools.class, "x402.mcp.tools[0].name=" + ODD,
				"x402.mcp.tools[0].price=$0.01");
		caller = new RawCaller(shop.url());
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
			{"n":1}           | {"n":1.0}
			{"n":1}           | {"n":1e0}
			{"n":1}           | {"n":"1"}
			{"n":1}           | {"n":[1]}
			{"n":1}           | {"n":true}
			{"n":[]}          | {"n":{}}
			{"n":""}          | {"n":null}
			{"n":[1,2]}       | {"n":[2,1]}
			{"n":1e400}       | {"n":"Infinity"}
			{"n":-1e400}      | {"n":"-Infinity"}
			{"n":1e400}       | {"n":-1e400}
			{"n":9007199254740993} | {"n":9007199254740992}
			{"n":1e20}        | {"n":100000000000000000000}
			{"n":0.0}         | {"n":-0.0}
			{"n":"\\u00e9"}   | {"n":"e\\u0301"}
			{"n":"a"}         | {"n":"a\\u200b"}
			{"n":"a"}         | {"n":"A"}
			{"n":"a"}         | {"n":"a "}
			{"a":{"b":1}}     | {"a.b":1}
			{"a":"1\\",\\"b\\":\\"2"} | {"a":"1","b":"2"}
			""")
	void whenArgumentsDifferThenAPaymentBuysOneCallOnly(String paid, String other) {
		Payment payment = shop.payment("echo", Map.of());
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(caller.call("1", "echo", paid, meta(payment))).contains("sold");
		int runs = runs();
		assertThat(caller.call("2", "echo", other, meta(payment))).contains("payment_already_bound")
			.doesNotContain("sold");
		assertThat(runs()).isEqualTo(runs);
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
			{"a":1,"b":2}     | { "b" : 2, "a" : 1 }
			{"n":"\\u00e9"}   | {"n":"é"}
			{"n":1.0}         | {"n":1.00}
			{"n":10.0}        | {"n":1e1}
			{"a":{"b":1,"c":[{"d":1,"e":2}]}} | {"a":{"c":[{"e":2,"d":1}],"b":1}}
			{}                | null
			{}                | {"n":null}
			{"n":1}           | {"n":1,"m":null}
			""")
	void whenArgumentsAreWrittenDifferentlyThenTheCallIsTheSame(String paid, String again) {
		Payment payment = shop.payment("echo", Map.of());
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		String first = caller.call("1", "echo", paid, meta(payment));
		assertThat(first).contains("sold");
		int runs = runs();
		assertThat(caller.call("1", "echo", again, meta(payment))).endsWith(afterEventId(first));
		assertThat(runs()).isEqualTo(runs);
		assertThat(script.settlements()).isOne();
	}

	private static String afterEventId(String response) {
		return response.substring(response.indexOf("data:"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"n\":\"\\ud800\"}", "{\"n\":\"\\udc00\\ud800\"}", "[]", "\"bern\"", "1", "{\"n\":01}",
			"{\"n\":NaN}", "{\"n\":1,\"n\":2}" })
	void whenArgumentsAreOddThenNothingIsChargedThatIsNotDelivered(String arguments) {
		Payment payment = shop.payment("echo", Map.of());
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		int runs = runs();
		boolean sold = caller.call("1", "echo", arguments, meta(payment)).contains("sold");
		assertThat(script.settlements()).isEqualTo(sold ? 1 : 0);
		assertThat(runs() - runs).isEqualTo(sold ? 1 : 0);
	}

	@Test
	void whenArgumentsAreHugeThenNothingIsEchoedOrCharged() {
		String large = "{\"n\":\"" + "x".repeat(3_000_000) + "\"}";
		assertThat(caller.call("1", "echo", large, "{}")).hasSizeLessThan(100_000);
		String deep = "{\"n\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
		assertThat(caller.call("1", "echo", deep, "{}")).hasSizeLessThan(100_000).doesNotContain("sold");
		assertThat(caller.call("1", "free", "{}", "{}")).contains("hello");
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "1", "[]", "\"x402/payment\"", "{\"x402/payment\":null}",
			"{\"x402/payment\":[{}]}", "{\"x402/payment\":{\"x402Version\":\"2\",\"accepted\":[],\"payload\":1}}",
			"{\"x402/payment\":{\"x402Version\":1e400}}", "{\"x402/payment\":true}",
			"{\"x402/payment\":{\"x402Version\":2,\"accepted\":{\"amount\":1e999},\"payload\":{\"\\ud800\":1}}}",
			"{\"io.x402.spring.VerifiedPayment\":{\"payer\":\"0x0\"}}" })
	void whenMetadataHaveWrongTypesThenNothingRuns(String meta) {
		int runs = runs();
		assertThat(caller.call("1", "echo", BERN, meta)).doesNotContain("sold");
		assertThat(runs()).isEqualTo(runs);
		assertThat(caller.call("2", "free", "{}", "{}")).contains("hello");
	}

	@ParameterizedTest
	@ValueSource(strings = { "free", "peek" })
	void whenMetadataImitateAVerifiedPaymentThenHandlersDoNotSeeIt(String tool) {
		String forged = "{\"" + VerifiedPayment.class.getName() + "\":{\"payer\":\"0x0\"},\"mine\":1}";
		assertThat(caller.call("1", tool, "{}", forged)).doesNotContain("forged").contains("hello");
	}

	@Test
	void whenACallIsANotificationThenNothingRuns() {
		Payment payment = shop.payment("echo", Map.of());
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		int runs = runs();
		caller.send("{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\"arguments\":{},"
				+ "\"_meta\":" + meta(payment) + "}}");
		assertThat(runs()).isEqualTo(runs);
		assertThat(script.verifications()).isZero();
		assertThat(shop.claim(payment)).isNull();
	}

	@Test
	void whenCallsComeAsABatchThenNothingRuns() {
		Payment payment = shop.payment("echo", Map.of());
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		int runs = runs();
		String call = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\","
				+ "\"arguments\":{},\"_meta\":" + meta(payment) + "}}";
		assertThat(caller.send("[" + call + "," + call + "]")).doesNotContain("sold");
		assertThat(runs()).isEqualTo(runs);
		assertThat(script.settlements()).isZero();
	}

	@Test
	void whenCallsShareTheirIdentifierThenEachGetsWhatItPaidFor() {
		Payment first = shop.payment("echo", Map.of());
		Payment second = shop.payment("echo", Map.of());
		Script one = shop.script(first, SettleBehaviour.SETTLED);
		Script declined = shop.script(second, SettleBehaviour.DECLINED);
		CompletableFuture<String> beside = CompletableFuture
			.supplyAsync(() -> caller.call("7", "echo", "{\"n\":1}", meta(first)));
		assertThat(caller.call("7", "echo", "{\"n\":2}", meta(second))).doesNotContain("sold");
		assertThat(beside.join()).contains("sold {n=1}");
		assertThat(one.settlements()).isOne();
		assertThat(declined.settlements()).isOne();
	}

	@Test
	void whenCallerCancelsAndEndsItsSessionThenTheResultIsStillThere() throws Exception {
		Payment payment = shop.payment("gated", Map.of());
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		Tools.Annotated tools = shop.bean(Tools.Annotated.class);
		RawCaller leaving = new RawCaller(shop.url());
		CompletableFuture<String> abandoned = CompletableFuture
			.supplyAsync(() -> leaving.call("9", "gated", "{}", meta(payment)));
		assertThat(tools.entered.await(30, TimeUnit.SECONDS)).isTrue();
		leaving.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\"9\"}}");
		leaving.end();
		assertThat(caller.call("1", "gated", "{}", "{}")).contains("accepts");
		tools.open.countDown();
		abandoned.handle((response, failure) -> "ended").get(60, TimeUnit.SECONDS);
		String collected = caller.call("1", "gated", "{}", meta(payment));
		assertThat(collected).contains("sold through the gate");
		assertThat(script.settlements()).isOne();
		assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.SETTLED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "echo ", "Echo", "ECHO", "echo\\u0000", "ech\\u006f\\u200b", "../echo", "mcp tool/echo",
			"e\\u0301cho", "" })
	void whenNameIsNearlyThatOfAToolThenNothingRuns(String name) {
		Payment payment = shop.payment("echo", Map.of());
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(caller.call("1", name, "{}", meta(payment))).doesNotContain("sold");
		assertThat(script.verifications()).isZero();
	}

	@Test
	void whenNameHasOddCharactersThenItsToolIsSold() {
		CallToolResult unpaid = shop.call(ODD, Map.of());
		assertThat(ToolShop.challenge(unpaid).resource().url()).isEqualTo("mcp://tool/" + ODD);
		Payment payment = shop.sign(ToolShop.challenge(unpaid).accepts().get(0),
				io.x402.spring.protocol.ProtocolVersion.V2);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(ToolShop.text(shop.call(ODD, Map.of(), payment))).contains("sold");
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenAToolIsRemovedWhileItRunsThenItsResultIsDelivered() throws Exception {
		McpSyncServer server = shop.bean(McpSyncServer.class);
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch open = new CountDownLatch(1);
		server.addTool(new SyncMcpToolProvider(List.of(new Passing(entered, open))).getToolSpecifications().get(0));
		Payment payment = shop.payment("passing", Map.of());
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		CompletableFuture<String> running = CompletableFuture
			.supplyAsync(() -> caller.call("1", "passing", "{}", meta(payment)));
		assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
		server.removeTool("passing");
		open.countDown();
		assertThat(running.get(60, TimeUnit.SECONDS)).contains("sold in passing");
		assertThat(caller.call("1", "passing", "{}", meta(payment))).doesNotContain("sold", "accepts");
		server.addTool(new SyncMcpToolProvider(List.of(new Passing(entered, open))).getToolSpecifications().get(0));
		assertThat(caller.call("1", "passing", "{}", meta(payment))).contains("sold in passing");
		assertThat(script.settlements()).isOne();
		server.removeTool("passing");
	}

	@Test
	void whenAToolIsReplacedByOneWithAnotherPriceThenItIsNotSoldForTheOldOne() {
		McpSyncServer server = shop.bean(McpSyncServer.class);
		SyncToolSpecification dear = new SyncMcpToolProvider(List.of(new Dear())).getToolSpecifications().get(0);
		assertThatExceptionOfType(InvalidPricingException.class).isThrownBy(() -> server.addTool(dear))
			.withMessageContaining("same name");
		assertThat(ToolShop.challenge(shop.call("echo", Map.of())).accepts().get(0).amount()).isEqualTo("10000");
		assertThat(caller.call("1", "echo", "{}", "{}")).doesNotContain("sold");
	}

	private static String meta(Payment payment) {
		return "{\"x402/payment\":"
				+ new String(java.util.Base64.getDecoder().decode(payment.value()), StandardCharsets.UTF_8) + "}";
	}

	private static int runs() {
		return shop.bean(Tools.Annotated.class).runs.get();
	}

	static final class Passing {

		private final CountDownLatch entered;

		private final CountDownLatch open;

		Passing(CountDownLatch entered, CountDownLatch open) {
			this.entered = entered;
			this.open = open;
		}

		@McpTool(name = "passing")
		@PaymentRequired(price = "$0.01")
		String passing() throws InterruptedException {
			this.entered.countDown();
			return this.open.await(60, TimeUnit.SECONDS) ? "sold in passing" : "late";
		}

	}

	static final class Dear {

		@McpTool(name = "echo")
		@PaymentRequired(price = "$5")
		String echo() {
			return "sold dear";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Tools {

		@Bean
		Annotated annotated() {
			return new Annotated();
		}

		@Bean
		List<SyncToolSpecification> odd() {
			return List.of(
					ToolsOfAllKinds.specification(ODD, null, CallToolResult.builder().addTextContent("sold").build()),
					peek());
		}

		private static SyncToolSpecification peek() {
			Tool tool = ToolsOfAllKinds.specification("peek", null, null).tool();
			return new SyncToolSpecification(tool,
					(exchange, request) -> CallToolResult.builder().addTextContent(seen(request)).build());
		}

		private static String seen(CallToolRequest request) {
			return (request.meta() != null && request.meta().containsKey(VerifiedPayment.class.getName())) ? "forged"
					: "hello";
		}

		static class Annotated {

			final AtomicInteger runs = new AtomicInteger();

			final CountDownLatch entered = new CountDownLatch(1);

			final CountDownLatch open = new CountDownLatch(1);

			@McpTool(name = "free")
			String free(CallToolRequest request) {
				return seen(request);
			}

			@McpTool(name = "echo")
			@PaymentRequired(price = "$0.01")
			String echo(CallToolRequest request) {
				this.runs.incrementAndGet();
				return "sold " + request.arguments();
			}

			@McpTool(name = "gated")
			@PaymentRequired(price = "$0.01")
			String gated() throws InterruptedException {
				this.entered.countDown();
				return this.open.await(60, TimeUnit.SECONDS) ? "sold through the gate" : "late";
			}

		}

	}

}
