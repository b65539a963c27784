/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;

import io.x402.spring.PaymentRequired;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers that end their response in ways that hardly anybody thinks of. What is charged
 * is delivered or can be collected, and what is not charged is not delivered.
 */
class UnusualEndTests {

	private static final String GOODS = "s3cret-goods";

	@RegisterExtension
	static final Shops SHOPS = Shops.of(EndConfiguration.class);

	@ParameterizedTest
	@EnumSource
	void whenAHandlerCompletesAndThrowsThenItsResponseCanBeCollected(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = sign(shop, "/complete-and-throw");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		shop.send("POST", "/complete-and-throw", payment.headerLine());
		assertThat(script.settlements()).isOne();
		assertDelivered(shop.send("POST", "/complete-and-throw", payment.headerLine()));
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenAnErrorIsSentWithAStatusOfSuccessThenNothingIsChargedOrDelivered(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = sign(shop, "/error-without-error");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.send("POST", "/error-without-error", payment.headerLine());
		assertThat(response.shows(GOODS)).isFalse();
		assertThat(response.header("PAYMENT-RESPONSE")).isNullOrEmpty();
		assertThat(script.settlements()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenALengthIsTakenBackThenTheWholeResponseIsDelivered(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		for (String target : new String[] { "/length-taken-back", "/length-header-taken-back" }) {
			Payment payment = sign(shop, target);
			Script script = shop.script(payment, SettleBehaviour.SETTLED);
			assertDelivered(shop.send("POST", target, payment.headerLine()));
			assertThat(script.settlements()).isOne();
		}
	}

	private static Payment sign(Shop shop, String target) throws IOException {
		return shop.buyer().sign(Buyer.offer(shop.send("POST", target)));
	}

	private static void assertDelivered(WireResponse response) {
		assertThat(response.status()).as(response.toString()).isEqualTo(200);
		assertThat(response.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(response.bodyText()).isEqualTo(GOODS);
	}

	@Configuration(proxyBeanMethods = false)
	@Import(EndController.class)
	static class EndConfiguration {

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class EndController {

		@PostMapping("/complete-and-throw")
		void completeAndThrow(HttpServletRequest request) throws IOException {
			AsyncContext context = request.startAsync();
			context.getResponse().getWriter().print(GOODS);
			context.complete();
			throw new IllegalStateException("After its end");
		}

		@PostMapping("/error-without-error")
		void errorWithoutError(HttpServletResponse response) throws IOException {
			response.getWriter().print(GOODS);
			response.sendError(200);
		}

		@PostMapping("/length-taken-back")
		void lengthTakenBack(HttpServletResponse response) throws IOException {
			response.setContentLengthLong(1000);
			response.setContentLengthLong(-1);
			response.getWriter().print(GOODS);
		}

		@PostMapping("/length-header-taken-back")
		void lengthHeaderTakenBack(HttpServletResponse response) throws IOException {
			response.setHeader("Content-Length", "1000");
			response.setHeader("Content-Length", null);
			response.getWriter().print(GOODS);
		}

	}

}
