/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.Buyer;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Payment;
import io.x402.spring.web.settlement.SettleBehaviour;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With {@code x402.settlement.verification=parallel} tools that only read run while their
 * payment is verified, and no other tools do. Payments may have identifiers.
 */
class ToolVerificationTests {

	private static final Map<String, Object> BERN = Map.of("city", "bern");

	private static ToolShop shop;

	@BeforeAll
	static void open() {
		shop = ToolShop.open("STREAMABLE", Tools.class, "x402.settlement.verification=parallel",
				"x402.redelivery.payment-identifier=optional", "x402.mcp.tools[0].name=reads",
				"x402.mcp.tools[0].price=$0.01", "x402.mcp.tools[1].name=repeats", "x402.mcp.tools[1].price=$0.01",
				"x402.mcp.tools[2].name=changes", "x402.mcp.tools[2].price=$0.01", "x402.mcp.tools[3].name=announces",
				"x402.mcp.tools[3].price=$0.01");
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	@Test
	void whenToolOnlyReadsThenItRunsMeanwhile() {
		CountDownLatch running = tools().next();
		Payment payment = shop.payment("reads", BERN);
		AtomicBoolean meanwhile = new AtomicBoolean();
		Script script = shop.script(payment, SettleBehaviour.SETTLED)
			.atVerify(() -> meanwhile.set(waitFor(running, 20_000)));
		assertThat(ToolShop.text(shop.call("reads", BERN, payment))).contains("sold");
		assertThat(meanwhile).isTrue();
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "reads", "announces" })
	void whenPaymentIsInvalidThenNothingIsSettledOrReleased(String tool) {
		Payment payment = shop.payment(tool, BERN);
		Script script = slow(shop.script(payment, SettleBehaviour.SETTLED).invalid());
		CallToolResult result = shop.call(tool, BERN, payment);
		assertThat(ToolShop.challenge(result).accepts()).hasSize(1);
		assertThat(ToolShop.text(result)).doesNotContain("sold");
		assertThat(shop.heard()).isEmpty();
		assertThat(script.settlements()).isZero();
		assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.DECLINED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "reads", "announces" })
	void whenNothingIsKnownOfThePaymentThenNothingIsSettledOrReleased(String tool) {
		Payment payment = shop.payment(tool, BERN);
		Script script = slow(shop.script(payment, SettleBehaviour.SETTLED).notVerifying());
		CallToolResult result = shop.call(tool, BERN, payment);
		assertThat(result.isError()).isTrue();
		assertThat(ToolShop.text(result)).doesNotContain("sold", "accepts");
		assertThat(shop.heard()).isEmpty();
		assertThat(script.settlements()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "changes", "repeats" })
	void whenToolChangesSomethingThenItRunsForVerifiedPaymentsOnly(String tool) {
		CountDownLatch running = tools().next();
		Payment payment = shop.payment(tool, BERN);
		Script script = slow(shop.script(payment, SettleBehaviour.SETTLED).invalid());
		assertThat(ToolShop.challenge(shop.call(tool, BERN, payment)).accepts()).hasSize(1);
		assertThat(script.verifications()).isOne();
		assertThat(running.getCount()).isOne();
	}

	@Test
	void whenTwoPaymentsHaveOneIdentifierThenOneIsTaken() {
		Script script = shop.scriptOthers(SettleBehaviour.SETTLED);
		PaymentRequiredDocument document = ToolShop.challenge(shop.call("reads", BERN));
		assertThat(document.extensions()).containsKey("payment-identifier");
		CallToolRequest first = identified(document);
		CallToolResult result = shop.client().callTool(first);
		assertThat(ToolShop.text(result)).contains("sold");
		CallToolResult other = shop.client().callTool(identified(document));
		assertThat(ToolShop.text(other)).contains("payment_identifier_conflict").doesNotContain("sold", "accepts");
		assertThat(shop.client().callTool(first)).isEqualTo(result);
		assertThat(script.settlements()).isOne();
	}

	private static CallToolRequest identified(PaymentRequiredDocument document) {
		String payment = new Buyer().pay(document.accepts().get(0),
				Map.of("payment-identifier", Map.of("info", Map.of("id", "order-number-0001"))));
		return new CallToolRequest("reads", BERN, ToolShop.meta(payment));
	}

	private static Tools tools() {
		return shop.bean(Tools.class);
	}

	/**
	 * So that the tool has ended before.
	 */
	private static Script slow(Script script) {
		return script.atVerify(() -> waitFor(new CountDownLatch(1), 100));
	}

	private static boolean waitFor(CountDownLatch latch, long millis) {
		try {
			return latch.await(millis, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Tools {

		private final AtomicInteger runs = new AtomicInteger();

		private volatile CountDownLatch running = new CountDownLatch(1);

		CountDownLatch next() {
			this.running = new CountDownLatch(1);
			return this.running;
		}

		@Bean
		List<SyncToolSpecification> specifications() {
			ToolAnnotations reads = annotations(true, false);
			return List.of(tool("reads", reads, false), tool("announces", reads, true),
					tool("repeats", annotations(false, true), false), tool("changes", null, false));
		}

		private static ToolAnnotations annotations(boolean readOnly, boolean idempotent) {
			return new ToolAnnotations(null, readOnly, false, idempotent, false, null);
		}

		private SyncToolSpecification tool(String name, ToolAnnotations annotations, boolean announces) {
			Tool tool = new Tool(name, null, null, Map.of("type", "object"), null, annotations, null, null);
			return new SyncToolSpecification(tool, (exchange, request) -> {
				this.running.countDown();
				if (announces) {
					announce(exchange);
				}
				return CallToolResult.builder().addTextContent("sold " + this.runs.incrementAndGet()).build();
			});
		}

		private static void announce(McpSyncServerExchange exchange) {
			exchange.progressNotification(new ProgressNotification("token", 0.5, 1.0, "sold by half", Map.of()));
		}

	}

}
