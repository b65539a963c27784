/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.protocol.PaymentRequirements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Unpaid requests for a priced path whose media types fit no handler.
 */
@ParameterizedClass
@EnumSource(Container.class)
class UnmatchedRequestTests {

	private static final String JSON = "application/json";

	@Parameter
	private Container container;

	private static Shop shop;

	private static Counters counters;

	@BeforeParameterizedClassInvocation
	static void open(Container container) {
		shop = Shop.open(container, UnmatchedConfiguration.class, "x402.routes[0].path=/routed/**",
				"x402.routes[0].price=$0.03");
		counters = shop.bean(Counters.class);
	}

	@AfterParameterizedClassInvocation
	static void close() {
		shop.close();
	}

	@ParameterizedTest
	@CsvSource({ "POST, /json, Accept: */*, 10000", "POST, /json, Content-Type: text/plain, 10000",
			"GET, /report/7, Accept: text/html, 70000", "HEAD, /report/7, Accept: image/gif, 70000",
			"POST, /routed/json, Accept: */*, 30000" })
	void whenMediaTypesFitNoHandlerThenAsksForPayment(String method, String path, String header, String amount)
			throws IOException {
		WireResponse response = shop.send(method, path, header);
		assertThat(response.status()).isEqualTo(402);
		PaymentRequirements offer = Buyer.offer(response);
		assertThat(offer.amount()).hasToString(amount);
	}

	@ParameterizedTest
	@CsvSource({ "POST, /free, Accept: */*, 415", "GET, /mixed, Accept: image/gif, 406", "PUT, /json, Accept: */*, 405",
			"POST, /nothing, Accept: */*, 404", "OPTIONS, /json, Accept: */*, 200" })
	void whenNothingThatIsPricedFitsThenSpringAnswers(String method, String path, String header, int status)
			throws IOException {
		WireResponse response = shop.send(method, path, header);
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.header("PAYMENT-REQUIRED")).isEmpty();
	}

	@Test
	void whenMediaTypesFitNoHandlerThenAPaymentIsNotTaken() throws IOException {
		Payment payment = shop.buyer().sign(Buyer.offer(shop.send("POST", "/json")));
		FacilitatorStub.Script script = shop.script(payment, SettleBehaviour.SETTLED);
		try (WireExchange exchange = new WireExchange(shop.port())) {
			WireResponse response = exchange
				.send("POST", "/json", "{}".getBytes(StandardCharsets.UTF_8), "Content-Type: text/plain",
						payment.headerLine())
				.receive();
			assertThat(response.status()).isEqualTo(415);
		}
		assertThat(script.settlements()).isZero();
		assertThat(counters.runs).hasValue(0);
		try (WireExchange exchange = new WireExchange(shop.port())) {
			WireResponse response = exchange
				.send("POST", "/json", "{}".getBytes(StandardCharsets.UTF_8), "Content-Type: " + JSON,
						payment.headerLine())
				.receive();
			assertThat(response.status()).isEqualTo(200);
		}
		assertThat(script.settlements()).isOne();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Controllers.class, Counters.class })
	static class UnmatchedConfiguration {

	}

	static class Counters {

		private final AtomicInteger runs = new AtomicInteger();

	}

	@RestController
	static class Controllers {

		private final Counters counters;

		Controllers(Counters counters) {
			this.counters = counters;
		}

		@PaymentRequired(price = "$0.01")
		@PostMapping(path = "/json", consumes = JSON)
		String json(@RequestBody String body) {
			this.counters.runs.incrementAndGet();
			return body;
		}

		@PaymentRequired(price = "#{#path['id'] == '7' ? '0.07' : '0.01'}")
		@GetMapping(path = "/report/{id}", produces = JSON)
		String report(@PathVariable String id) {
			return id;
		}

		@PostMapping(path = "/routed/json", consumes = JSON)
		String routed(@RequestBody String body) {
			return body;
		}

		@PostMapping(path = "/free", consumes = JSON)
		String free(@RequestBody String body) {
			return body;
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping(path = "/mixed", produces = JSON)
		String paid() {
			return "{}";
		}

		@GetMapping(path = "/mixed", produces = "text/plain")
		String unpaid() {
			return "free";
		}

	}

}
