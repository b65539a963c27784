/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.x402.spring.PaymentRequired;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many copies of one payment at the same moment, and one after another.
 */
class SimultaneousPaymentTests {

	private static final int COPIES = 64;

	static Stream<Arguments> setups() {
		return ServerSetup.all()
			.stream()
			.flatMap((setup) -> Stream.of("20ms", "2s").map((wait) -> Arguments.of(setup, wait)));
	}

	@ParameterizedTest
	@MethodSource("setups")
	void whenCopiesComeAtOnceThenOneIsServedAndSettled(ServerSetup setup, String wait) throws Exception {
		try (Shop shop = Shop.open(setup.container(), SimultaneousConfiguration.class, setup.property(),
				"x402.settlement.max-repeat-wait=" + wait)) {
			Payment payment = shop.payment("/goods");
			Script script = shop.script(payment, SettleBehaviour.SETTLED);
			Map<Integer, List<WireResponse>> answers = sendAtOnce(shop, payment).stream()
				.collect(Collectors.groupingBy(WireResponse::status));
			assertThat(answers.keySet()).isSubsetOf(200, 409);
			assertThat(answers.get(200)).allMatch((answer) -> answer.bodyText().equals("goods-1"));
			assertThat(answers.get(200)).filteredOn((answer) -> answer.headers("Idempotent-Replayed").isEmpty())
				.hasSize(1);
			assertThat(answers.getOrDefault(409, List.of())).noneMatch((answer) -> answer.shows("goods-1"))
				.allMatch((answer) -> answer.json().path("code").asString().equals("payment_in_progress"));
			assertThat(shop.bean(AtomicInteger.class)).hasValue(1);
			assertThat(script.verifications()).isOne();
			assertThat(script.settlements()).isOne();
			assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.SETTLED);
		}
	}

	@Test
	void whenRepeatedOneAfterAnotherThenAllGetTheSame() throws Exception {
		try (Shop shop = Shop.open(Container.TOMCAT, SimultaneousConfiguration.class)) {
			Payment payment = shop.payment("/goods");
			Script script = shop.script(payment, SettleBehaviour.SETTLED);
			assertThat(shop.pay("/goods", payment).bodyText()).isEqualTo("goods-1");
			for (int i = 0; i < 100; i++) {
				assertThat(shop.pay("/goods", payment).bodyText()).isEqualTo("goods-1");
			}
			assertThat(shop.bean(AtomicInteger.class)).hasValue(1);
			assertThat(script.settlements()).isOne();
		}
	}

	private static List<WireResponse> sendAtOnce(Shop shop, Payment payment) throws Exception {
		ExecutorService buyers = Executors.newFixedThreadPool(COPIES);
		CyclicBarrier start = new CyclicBarrier(COPIES);
		List<Future<WireResponse>> answers = new ArrayList<>();
		for (int i = 0; i < COPIES; i++) {
			answers.add(buyers.submit(() -> {
				try (WireExchange exchange = new WireExchange(shop.port())) {
					start.await(20, TimeUnit.SECONDS);
					return exchange.send("GET", "/goods", payment.headerLine()).receive();
				}
			}));
		}
		List<WireResponse> received = new ArrayList<>();
		for (Future<WireResponse> answer : answers) {
			received.add(answer.get());
		}
		buyers.shutdown();
		return received;
	}

	@Configuration(proxyBeanMethods = false)
	@Import(GoodsController.class)
	static class SimultaneousConfiguration {

		@Bean
		AtomicInteger runs() {
			return new AtomicInteger();
		}

	}

	@RestController
	static class GoodsController {

		private final AtomicInteger runs;

		GoodsController(AtomicInteger runs) {
			this.runs = runs;
		}

		@GetMapping("/goods")
		@PaymentRequired(price = "$0.01")
		String goods() throws InterruptedException {
			int run = this.runs.incrementAndGet();
			Thread.sleep(200);
			return "goods-" + run;
		}

	}

}
