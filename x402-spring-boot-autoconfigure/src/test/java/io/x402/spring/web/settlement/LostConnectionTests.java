/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.io.OutputStream;
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
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The handler of an unsafe request runs once. If its buyer loses the connection after the
 * headers were sent, the handler goes on, and repeating the payment collects the response
 * that was charged.
 */
class LostConnectionTests {

	private static final String START = "s3cret-start";

	private static final String END = "s3cret-end";

	@RegisterExtension
	static final Shops SHOPS = Shops.of(StreamConfiguration.class, "x402.settlement.max-repeat-wait=20ms",
			"spring.lifecycle.timeout-per-shutdown-phase=1s");

	@BeforeEach
	void reset() {
		SHOPS.forEach((shop) -> shop.bean(AtomicInteger.class).set(0));
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /emitter, 0", "TOMCAT, /events, 0", "TOMCAT, /streaming, 0", "TOMCAT, /raw, 0",
			"TOMCAT, /blocking, 0", "TOMCAT, /blocking-events, 0", "JETTY, /emitter, 0", "JETTY, /events, 0",
			"JETTY, /streaming, 0", "JETTY, /raw, 0", "JETTY, /blocking, 0", "JETTY, /blocking-events, 0",
			"JETTY, /emitter, 200", "JETTY, /events, 200", "JETTY, /raw, 200", "TOMCAT, /emitter, 200",
			"TOMCAT, /events, 200", "TOMCAT, /raw, 200" })
	void whenTheConnectionOfAnUnsafeRequestIsLostAfterTheHeadersThenItsResponseCanBeCollected(Container container,
			String path, int pause) throws Exception {
		Shop shop = SHOPS.get(container);
		String target = path + "?pause=" + pause;
		Payment payment = shop.buyer().sign(Buyer.offer(shop.send("POST", target)));
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		LosableConnection connection = shop.bean(LosableConnection.class);
		connection.lost = new CountDownLatch(1);
		WireExchange exchange = new WireExchange(shop.port()).keepAlive();
		exchange.send("POST", target, payment.headerLine());
		exchange.receiveUntil(START);
		exchange.abort();
		connection.lost.countDown();
		await().atMost(60, TimeUnit.SECONDS).until(() -> isAtRest(shop.claim(payment)));
		WireResponse again = shop.send("POST", target, payment.headerLine());
		assertThat(again.status()).as(again.toString()).isEqualTo(200);
		assertThat(again.bodyText()).contains(START).contains(END);
		assertThat(script.settlements()).isOne();
		assertThat(shop.bean(AtomicInteger.class)).hasValue(1);
	}

	private static boolean isAtRest(Claim claim) {
		return claim != null && !claim.active() && claim.receipt() != null;
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ StreamController.class, LosableConnection.Beans.class })
	static class StreamConfiguration {

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class StreamController {

		private final AtomicInteger runs;

		private final LosableConnection connection;

		StreamController(AtomicInteger runs, LosableConnection connection) {
			this.runs = runs;
			this.connection = connection;
		}

		@PostMapping("/emitter")
		ResponseBodyEmitter emitter(int pause) {
			return emit(new ResponseBodyEmitter((pause > 0) ? 1000L : 60_000L), pause);
		}

		@PostMapping("/events")
		SseEmitter events(int pause) {
			return emit(new SseEmitter((pause > 0) ? 1000L : 60_000L), pause);
		}

		private <T extends ResponseBodyEmitter> T emit(T emitter, int pause) {
			start(() -> {
				write(pause, (text) -> emitter.send(text, MediaType.TEXT_PLAIN));
				emitter.complete();
			});
			return emitter;
		}

		@PostMapping("/streaming")
		ResponseEntity<StreamingResponseBody> streaming(int pause) {
			return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body((output) -> write(pause, to(output)));
		}

		@PostMapping("/raw")
		void raw(HttpServletRequest request, int pause) {
			AsyncContext context = request.startAsync();
			context.setTimeout((pause > 0) ? 1000 : 60_000);
			start(() -> {
				write(pause, to(context.getResponse().getOutputStream()));
				context.complete();
			});
		}

		@PostMapping("/blocking")
		void blocking(HttpServletResponse response, int pause) throws IOException {
			response.setContentType("text/plain");
			write(pause, to(response.getOutputStream()));
		}

		@PostMapping("/blocking-events")
		void blockingEvents(HttpServletResponse response, int pause) throws IOException {
			response.setContentType("text/event-stream");
			write(pause, to(response.getOutputStream()));
		}

		private void write(int pause, Output output) throws IOException {
			this.runs.incrementAndGet();
			output.write(START);
			output.write("x".repeat(70_000));
			try {
				this.connection.lost.await();
				for (int i = 0; i < 20; i++) {
					output.write("x".repeat(1000));
					Thread.sleep((pause > 0) ? 100 : 10);
				}
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			output.write(END);
		}

		private static Output to(OutputStream output) {
			return (text) -> {
				output.write(text.getBytes(StandardCharsets.UTF_8));
				output.flush();
			};
		}

		private static void start(Work work) {
			new Thread(() -> {
				try {
					work.run();
				}
				catch (IOException | IllegalStateException ex) {
					// Left to the container
				}
			}).start();
		}

	}

	interface Output {

		void write(String text) throws IOException;

	}

	interface Work {

		void run() throws IOException;

	}

}
