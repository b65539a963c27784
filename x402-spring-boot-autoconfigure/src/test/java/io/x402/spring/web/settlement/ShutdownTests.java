/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that stops while a payment is on its way.
 */
class ShutdownTests {

	private static final AtomicInteger RUNS = new AtomicInteger();

	private static volatile CountDownLatch running = new CountDownLatch(1);

	private static volatile CountDownLatch stopped = new CountDownLatch(1);

	/**
	 * Jetty closes its connections, and sends what is not committed all the same.
	 */
	@Test
	void whenJettyStopsThenNoResponseThatIsNotChargedLooksLikeASuccess() throws Exception {
		running = new CountDownLatch(1);
		stopped = new CountDownLatch(1);
		CompletableFuture<String> told;
		Script script;
		try (Shop shop = Shop.open(Container.JETTY, GoodsConfiguration.class, "server.shutdown=immediate")) {
			Payment payment = shop.buyer().sign(shop.offer("/string"));
			script = shop.script(payment, SettleBehaviour.SETTLED);
			told = send(shop.port(), "POST", "/stream", payment);
			assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
		}
		assertThat(told.get(60, TimeUnit.SECONDS)).doesNotContain("200 OK").doesNotContain("X-Goods");
		stopped.countDown();
		assertThat(script.settlements()).isZero();
	}

	@Test
	void whenStoppedDuringSettlementThenTheNextInstanceDeliversWithoutAnotherRun() throws Exception {
		String[] properties = { "spring.datasource.url=jdbc:h2:mem:stopped;DB_CLOSE_DELAY=-1", "x402.store.type=jdbc",
				"x402.store.lease=3s", "x402.reconciliation.enabled=true", "x402.reconciliation.interval=100ms",
				"x402.settlement.max-repeat-wait=100ms", "spring.lifecycle.timeout-per-shutdown-phase=100ms" };
		RUNS.set(0);
		Payment payment;
		CountDownLatch settling = new CountDownLatch(1);
		CountDownLatch settled = new CountDownLatch(1);
		try (Shop shop = Shop.open(Container.TOMCAT, GoodsConfiguration.class, properties)) {
			payment = shop.payment("/string");
			shop.script(payment, SettleBehaviour.SETTLED).atSettle(() -> {
				settling.countDown();
				hold(settled);
			});
			send(shop.port(), "GET", "/string", payment);
			assertThat(settling.await(60, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			settled.countDown();
		}
		try (Shop shop = Shop.open(Container.TOMCAT, GoodsConfiguration.class, properties)) {
			shop.script(payment, SettleBehaviour.SETTLED);
			await().atMost(60, TimeUnit.SECONDS).until(() -> shop.pay("/string", payment).bodyText().equals("goods"));
		}
		assertThat(RUNS).hasValue(1);
	}

	private static CompletableFuture<String> send(int port, String method, String target, Payment payment) {
		return CompletableFuture.supplyAsync(() -> {
			try (WireExchange exchange = new WireExchange(port)) {
				return text(exchange.send(method, target, payment.headerLine()));
			}
			catch (IOException ex) {
				throw new CompletionException(ex);
			}
		});
	}

	/**
	 * A connection that is closed without a response is an honest one.
	 */
	private static String text(WireExchange exchange) {
		try {
			return exchange.receive().toString();
		}
		catch (IOException | IllegalStateException ex) {
			return "";
		}
	}

	private static void hold(CountDownLatch latch) {
		try {
			latch.await(60, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(PaidController.class)
	static class GoodsConfiguration {

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		@GetMapping("/string")
		String string() {
			RUNS.incrementAndGet();
			return "goods";
		}

		@PostMapping("/stream")
		ResponseEntity<StreamingResponseBody> stream() {
			return ResponseEntity.ok().header("X-Goods", "goods").body((output) -> {
				output.write("goods ".getBytes(StandardCharsets.UTF_8));
				running.countDown();
				hold(stopped);
				output.write("and goods".getBytes(StandardCharsets.UTF_8));
			});
		}

	}

}
