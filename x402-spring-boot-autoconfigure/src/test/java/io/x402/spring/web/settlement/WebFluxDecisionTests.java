/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.web.reactive.ServerProtectedRequestPolicy;
import io.x402.spring.web.reactive.ServerProtectedRequestPolicy.Decision;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Policies that decide nothing open nothing.
 */
class WebFluxDecisionTests {

	private static WebFluxShop shop;

	@BeforeAll
	static void open() {
		shop = WebFluxShop.open(DecisionConfiguration.class);
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	@ParameterizedTest
	@CsvSource({ "EMPTY, EMPTY, 402", "LATE, EMPTY, 402", "EMPTY, CHARGE, 402", "EMPTY, REFUSE, 403",
			"REFUSE, FREE, 403", "LATE, REFUSE, 403", "ERROR, FREE, 503", "NULL, FREE, 503", "THROWN, FREE, 503",
			"EMPTY, ERROR, 503" })
	void whenNoPolicyLetsARequestInThenItsHandlerDoesNotRun(String first, String second, int status)
			throws IOException {
		int runs = runs();
		WireResponse response = shop.send("GET", "/goods", "X-First: " + first, "X-Second: " + second);
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.bodyText()).doesNotContain("goods-");
		assertThat(runs()).isEqualTo(runs);
	}

	@ParameterizedTest
	@CsvSource({ "FREE, EMPTY", "EMPTY, FREE", "LATE, FREE", "CHARGE, FREE", "FREE, REFUSE" })
	void whenAPolicyLetsARequestInThenItIsFree(String first, String second) throws IOException {
		assertThat(shop.send("GET", "/goods", "X-First: " + first, "X-Second: " + second).status()).isEqualTo(200);
	}

	@ParameterizedTest
	@CsvSource({ "EMPTY, EMPTY", "LATE, CHARGE" })
	void whenNoPolicyDecidesThenAPaymentIsTaken(String first, String second) throws IOException {
		Payment payment = shop.payment("/goods");
		FacilitatorStub.Script script = shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(
				shop.send("GET", "/goods", payment.headerLine(), "X-First: " + first, "X-Second: " + second).status())
			.isEqualTo(200);
		assertThat(script.settlements()).isOne();
	}

	private static int runs() {
		return shop.bean(Goods.class).runs.get();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Goods.class)
	static class DecisionConfiguration {

		@Bean
		@Order(1)
		ServerProtectedRequestPolicy first() {
			return (exchange, offers) -> decision(exchange, "X-First");
		}

		@Bean
		@Order(2)
		ServerProtectedRequestPolicy second() {
			return (exchange, offers) -> decision(exchange, "X-Second");
		}

		@SuppressWarnings("NullAway") // what a policy must not return
		private static Mono<Decision> decision(ServerWebExchange exchange, String header) {
			String decision = exchange.getRequest().getHeaders().getFirst(header);
			return switch ((decision != null) ? decision : "EMPTY") {
				case "EMPTY" -> Mono.empty();
				case "LATE" -> Mono.delay(Duration.ofMillis(10)).then(Mono.empty());
				case "ERROR" -> Mono.error(new IllegalStateException("Out of order"));
				case "NULL" -> null;
				case "THROWN" -> throw new IllegalStateException("Out of order");
				default -> Mono.just(Decision.valueOf(decision));
			};
		}

	}

	@RestController
	static class Goods {

		final AtomicInteger runs = new AtomicInteger();

		@PaymentRequired(price = "$0.01")
		@GetMapping("/goods")
		String goods() {
			return "goods-" + this.runs.incrementAndGet();
		}

	}

}
