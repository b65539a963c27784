/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.x402.spring.PaymentRequired;
import io.x402.spring.store.ClaimState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whoever repeats a payment that is not settled yet, however often at once, takes no
 * threads from other routes.
 */
@Tag("long")
class RepetitionStormTests {

	private static final int SOCKETS = 60;

	private static final Duration SLOW = Duration.ofSeconds(1);

	@Test
	void whenAPendingPaymentIsRepeatedByManyThenAFreeRouteStaysFast() throws Exception {
		try (Shop shop = Shop.open(Container.TOMCAT, StormConfiguration.class, "server.tomcat.threads.max=20")) {
			Payment payment = shop.payment("/goods");
			shop.script(payment, SettleBehaviour.GARBAGE);
			shop.bean(CountDownLatch.class).countDown();
			assertThat(shop.pay("/goods", payment).status()).isEqualTo(503);
			assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.PENDING);
			storm(shop, payment, 503, "settlement_pending");
		}
	}

	@Test
	void whenAPaymentInProgressIsRepeatedByManyThenAFreeRouteStaysFast() throws Exception {
		try (Shop shop = Shop.open(Container.TOMCAT, StormConfiguration.class, "server.tomcat.threads.max=20")) {
			Payment payment = shop.payment("/goods");
			shop.script(payment, SettleBehaviour.SETTLED);
			ExecutorService first = Executors.newSingleThreadExecutor();
			Future<WireResponse> running = first.submit(() -> shop.pay("/goods", payment));
			org.awaitility.Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.until(() -> shop.bean(AtomicBoolean.class).get());
			storm(shop, payment, 409, "payment_in_progress");
			shop.bean(CountDownLatch.class).countDown();
			assertThat(running.get(20, TimeUnit.SECONDS).bodyText()).isEqualTo("goods");
			first.shutdown();
		}
	}

	private static void storm(Shop shop, Payment payment, int status, String code) throws Exception {
		ExecutorService repeaters = Executors.newFixedThreadPool(SOCKETS);
		AtomicBoolean over = new AtomicBoolean();
		List<Future<Integer>> repeated = new ArrayList<>();
		for (int i = 0; i < SOCKETS; i++) {
			repeated.add(repeaters.submit(repeating(shop, payment, over, status, code)));
		}
		Duration slowest = Duration.ZERO;
		for (int i = 0; i < 40; i++) {
			long begun = System.nanoTime();
			assertThat(shop.send("GET", "/free", "").bodyText()).isEqualTo("free");
			Duration taken = Duration.ofNanos(System.nanoTime() - begun);
			slowest = (taken.compareTo(slowest) > 0) ? taken : slowest;
			Thread.sleep(25);
		}
		over.set(true);
		int count = 0;
		for (Future<Integer> each : repeated) {
			count += each.get(30, TimeUnit.SECONDS);
		}
		repeaters.shutdown();
		assertThat(count).isGreaterThan(SOCKETS);
		assertThat(slowest).as("slowest of the free route under " + count + " repetitions").isLessThan(SLOW);
	}

	private static Callable<Integer> repeating(Shop shop, Payment payment, AtomicBoolean over, int status,
			String code) {
		return () -> {
			int count = 0;
			while (!over.get()) {
				try (WireExchange exchange = new WireExchange(shop.port())) {
					WireResponse response = exchange.send("GET", "/goods", payment.headerLine()).receive();
					assertThat(response.status()).isEqualTo(status);
					assertThat(response.json().path("code").asString()).isEqualTo(code);
					count++;
				}
			}
			return count;
		};
	}

	@Configuration(proxyBeanMethods = false)
	@Import(StormController.class)
	static class StormConfiguration {

		@Bean
		CountDownLatch release() {
			return new CountDownLatch(1);
		}

		@Bean
		AtomicBoolean begun() {
			return new AtomicBoolean();
		}

	}

	@RestController
	static class StormController {

		private final CountDownLatch release;

		private final AtomicBoolean begun;

		StormController(CountDownLatch release, AtomicBoolean begun) {
			this.release = release;
			this.begun = begun;
		}

		@GetMapping("/goods")
		@PaymentRequired(price = "$0.01")
		String goods() throws InterruptedException {
			this.begun.set(true);
			this.release.await(60, TimeUnit.SECONDS);
			return "goods";
		}

		@GetMapping("/free")
		String free() {
			return "free";
		}

	}

}
