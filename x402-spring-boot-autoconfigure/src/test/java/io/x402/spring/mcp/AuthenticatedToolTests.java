/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.mcp;

import java.util.Map;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Payment;
import io.x402.spring.web.settlement.SettleBehaviour;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.context.SecurityContextHolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for paid tools of a server behind Spring Security: who calls and who pays are two
 * questions.
 */
class AuthenticatedToolTests {

	@ParameterizedTest
	@ValueSource(strings = { "STREAMABLE", "STATELESS", "SSE" })
	void toolSeesItsUserAndItsPayment(String protocol) {
		try (ToolShop shop = ToolShop.open(protocol, Tools.class, ToolShop.AUTHENTICATED)) {
			Payment payment = shop.payment("who", Map.of());
			Script script = shop.script(payment, SettleBehaviour.SETTLED);
			CallToolResult result = shop.call("who", Map.of(), payment);
			assertThat(ToolShop.text(result)).containsIgnoringCase("ada paid by " + payment.authorization().from());
			assertThat(script.settlements()).isOne();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "STREAMABLE", "STATELESS", "SSE" })
	void whenUserMayNotUseTheToolThenNothingIsCharged(String protocol) {
		try (ToolShop shop = ToolShop.open(protocol, Tools.class, ToolShop.AUTHENTICATED)) {
			Payment payment = shop.payment("admin", Map.of());
			Script script = shop.script(payment, SettleBehaviour.SETTLED);
			CallToolResult result = shop.call("admin", Map.of(), payment);
			assertThat(result.isError()).isTrue();
			assertThat(ToolShop.text(result)).contains("Denied").doesNotContain("sold");
			assertThat(script.settlements()).isZero();
			assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.ABANDONED);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "STREAMABLE", "STATELESS" })
	void aPaymentIsNoPassword(String protocol) {
		try (ToolShop shop = ToolShop.open(protocol, Tools.class, ToolShop.AUTHENTICATED)) {
			Payment payment = shop.payment("who", Map.of());
			Script script = shop.script(payment, SettleBehaviour.SETTLED);
			try (McpSyncClient stranger = McpClient.sync(HttpClientStreamableHttpTransport.builder(shop.url()).build())
				.build()) {
				CallToolRequest request = ToolShop.request("who", Map.of(), payment);
				assertThatException().isThrownBy(() -> stranger.callTool(request));
			}
			assertThat(script.settlements()).isZero();
			assertThat(shop.claim(payment)).isNull();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity
	static class Tools {

		@Bean
		UserTools userTools() {
			return new UserTools();
		}

	}

	static class UserTools {

		@McpTool(name = "who")
		@PaymentRequired(price = "$0.01")
		public String who(CallToolRequest request) {
			VerifiedPayment payment = (VerifiedPayment) request.meta().get(VerifiedPayment.class.getName());
			return SecurityContextHolder.getContext().getAuthentication().getName() + " paid by " + payment.payer();
		}

		@McpTool(name = "admin")
		@PaymentRequired(price = "$0.01")
		@PreAuthorize("hasRole('ADMIN')")
		public String admin() {
			return "sold";
		}

	}

}
