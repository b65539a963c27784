/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.store.Claim;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * However the container ends a request, its payment is not left with nobody, and what was
 * charged can be collected.
 */
@Tag("long")
class RequestEndTests {

	private static final String SECRET = "s3cret-goods";

	@RegisterExtension
	static final Shops SHOPS = Shops.of(EndConfiguration.class, "x402.settlement.max-repeat-wait=20ms",
			"spring.lifecycle.timeout-per-shutdown-phase=1s");

	@BeforeEach
	void reset() {
		SHOPS.forEach((shop) -> shop.bean(AtomicInteger.class).set(0));
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /async?flush=false", "TOMCAT, /async?flush=true", "JETTY, /async?flush=false",
			"JETTY, /async?flush=true" })
	void whenTheContainerTimesOutDuringSettlementThenThePaymentCanBeCollected(Container container, String target)
			throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment(target);
		Script script = shop.script(payment, SettleBehaviour.SETTLED).atSettle(() -> sleep(1500));
		try (WireExchange exchange = new WireExchange(shop.port())) {
			WireResponse response = exchange.send("GET", target, payment.headerLine(), "X-Timeout: 300").receive();
			assertThat(response.shows(SECRET)).isFalse();
		}
		catch (IllegalStateException ex) {
			// The container ended the connection without a response
		}
		await().atMost(20, TimeUnit.SECONDS).until(() -> isAtRest(shop.claim(payment)));
		WireResponse again = shop.pay(target, payment);
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.bodyText()).isEqualTo(SECRET);
		assertThat(script.settlements()).isOne();
	}

	@RepeatedTest(8)
	void whenTomcatLosesTheConnectionOfAStreamDuringSettlementThenThePaymentCanBeCollected() throws Exception {
		assertCollectable(SHOPS.get(Container.TOMCAT), "GET", "/events");
	}

	@RepeatedTest(4)
	void whenJettyLosesTheConnectionOfAStreamDuringSettlementThenThePaymentCanBeCollected() throws Exception {
		assertCollectable(SHOPS.get(Container.JETTY), "GET", "/events");
	}

	@ParameterizedTest
	@EnumSource(Container.class)
	void whenTheTimeIsUpForAResponseThatIsShorterThanItDeclaresThenThePaymentCanBeCollected(Container container)
			throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/short");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		try (WireExchange exchange = new WireExchange(shop.port())) {
			exchange.send("GET", "/short", payment.headerLine());
			await().atMost(20, TimeUnit.SECONDS)
				.until(() -> script.settlements() == 1 && isAtRest(shop.claim(payment)));
		}
		assertThat(shop.pay("/short", payment).bodyText()).isEqualTo(SECRET);
		assertThat(script.settlements()).isOne();
	}

	/**
	 * Tomcat reports an error of the connection and nothing after it, Jetty only that the
	 * time is up.
	 */
	@ParameterizedTest
	@CsvSource({ "TOMCAT, 0", "JETTY, 1500" })
	void whenTheConnectionIsLostAndTheHandlerNeverEndsThenThePaymentCanBeCollected(Container container, int timeout)
			throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/watch");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		CountDownLatch lost = new CountDownLatch(1);
		shop.bean(LosableConnection.class).lost = lost;
		WireExchange exchange = new WireExchange(shop.port()).keepAlive();
		exchange.send("GET", "/watch", payment.headerLine(), "X-Timeout: " + timeout);
		await().atMost(20, TimeUnit.SECONDS).until(exchange::hasReceived);
		exchange.abort();
		lost.countDown();
		await().atMost(20, TimeUnit.SECONDS).until(() -> isAtRest(shop.claim(payment)));
		assertThat(shop.pay("/watch", payment).bodyText()).isEqualTo(SECRET);
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /image", "TOMCAT, /events", "JETTY, /image", "JETTY, /events" })
	void whenTheConnectionOfAnUnsafeRequestIsLostBeforeTheFirstByteThenItCanBeCollected(Container container,
			String target) throws Exception {
		assertCollectable(SHOPS.get(container), "POST", target);
	}

	private static void assertCollectable(Shop shop, String method, String target) throws Exception {
		Payment payment = shop.buyer().sign(shop.offer("/events"));
		WireExchange exchange = new WireExchange(shop.port());
		Script script = shop.script(payment, SettleBehaviour.SETTLED).atSettle(() -> abort(exchange));
		exchange.send(method, target, payment.headerLine());
		await().atMost(20, TimeUnit.SECONDS).until(() -> script.settlements() == 1 && isAtRest(shop.claim(payment)));
		WireResponse again = shop.send(method, target, payment.headerLine());
		assertThat(again.status()).as(again.toString()).isEqualTo(200);
		assertThat(again.bodyText()).contains(SECRET).endsWith("end" + (target.equals("/events") ? "\n\n" : ""));
		assertThat(script.settlements()).isOne();
	}

	private static boolean isAtRest(Claim claim) {
		return claim == null || (!claim.active() && claim.receipt() != null);
	}

	private static void abort(WireExchange exchange) {
		try {
			exchange.abort();
			sleep(100);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The time that the facilitator of a test takes.
	 */
	private static void sleep(long millis) {
		try {
			Thread.sleep(millis);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ EndController.class, LosableConnection.Beans.class })
	static class EndConfiguration {

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class EndController {

		private final AtomicInteger runs;

		private final LosableConnection connection;

		EndController(AtomicInteger runs, LosableConnection connection) {
			this.runs = runs;
			this.connection = connection;
		}

		@GetMapping("/async")
		void async(HttpServletRequest request) {
			int run = this.runs.incrementAndGet();
			AsyncContext context = request.startAsync();
			context.setTimeout((run == 1) ? request.getIntHeader("X-Timeout") : 20_000);
			new Thread(() -> {
				try {
					context.getResponse().getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
					if ("true".equals(request.getParameter("flush"))) {
						context.getResponse().flushBuffer();
					}
					context.complete();
				}
				catch (IOException | IllegalStateException ex) {
					// The container has ended it
				}
			}).start();
		}

		/**
		 * Writes what there is and waits for more, which never comes.
		 */
		@GetMapping("/watch")
		void watch(HttpServletRequest request) {
			AsyncContext context = request.startAsync();
			boolean first = this.runs.incrementAndGet() == 1;
			context.setTimeout(first ? request.getIntHeader("X-Timeout") : 20_000);
			new Thread(() -> {
				try {
					context.getResponse().getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
					if (!first) {
						context.complete();
						return;
					}
					context.getResponse().flushBuffer();
					this.connection.lost.await();
					for (int i = 0; i < 20; i++) {
						context.getResponse().getOutputStream().write(new byte[1000]);
						context.getResponse().flushBuffer();
						sleep(10);
					}
				}
				catch (IOException | IllegalStateException | InterruptedException ex) {
					// The buyer is gone, and this handler leaves the rest to the
					// container
				}
			}).start();
		}

		/**
		 * Declares more than it writes, and never completes.
		 */
		@GetMapping("/short")
		void tooShort(HttpServletRequest request, HttpServletResponse response) throws IOException {
			boolean first = this.runs.incrementAndGet() == 1;
			AsyncContext context = request.startAsync();
			context.setTimeout(first ? 300 : 20_000);
			response.setContentLength(first ? 1500 : SECRET.length());
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
			response.flushBuffer();
			if (!first) {
				context.complete();
			}
		}

		@GetMapping("/events")
		SseEmitter events() {
			SseEmitter emitter = new SseEmitter();
			new Thread(() -> {
				try {
					for (int i = 0; i < 20; i++) {
						emitter.send(SECRET);
					}
					emitter.send("end");
					emitter.complete();
				}
				catch (IOException | IllegalStateException ex) {
					// Left to the container
				}
			}).start();
			return emitter;
		}

		@PostMapping("/events")
		SseEmitter postEvents() {
			return events();
		}

		@PostMapping("/image")
		byte[] image() {
			this.runs.incrementAndGet();
			byte[] image = new byte[200_000];
			System.arraycopy(SECRET.getBytes(StandardCharsets.UTF_8), 0, image, 0, SECRET.length());
			System.arraycopy("end".getBytes(StandardCharsets.UTF_8), 0, image, image.length - 3, 3);
			return image;
		}

	}

}
