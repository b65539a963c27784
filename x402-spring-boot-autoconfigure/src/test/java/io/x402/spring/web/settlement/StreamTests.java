/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.x402.spring.PaymentRequired;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A stream stays a stream: what is sent arrives at once, the first part after settlement.
 * Each part waits until the buyer has the one before.
 */
class StreamTests {

	@RegisterExtension
	static final Shops SHOPS = Shops.of(StreamConfiguration.class, "x402.routes[0].path=/functional/**",
			"x402.routes[0].price=$0.01");

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /sse", "TOMCAT, /sse-reactor", "TOMCAT, /flux", "TOMCAT, /streaming",
			"TOMCAT, /functional/sse", "TOMCAT, /functional/stream", "JETTY, /sse", "JETTY, /sse-reactor",
			"JETTY, /flux", "JETTY, /streaming", "JETTY, /functional/sse", "JETTY, /functional/stream" })
	void whenAPartIsSentThenItArrivesBeforeTheNextIsMade(Container container, String target) throws IOException {
		Shop shop = SHOPS.get(container);
		Gates gates = shop.bean(Gates.class).reset();
		Payment payment = shop.payment(target);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		try (WireExchange exchange = new WireExchange(shop.port())) {
			exchange.send("GET", target, payment.headerLine());
			assertThat(exchange.receiveUntil("part-1")).contains("PAYMENT-RESPONSE").doesNotContain("part-2");
			assertThat(script.settlements()).isOne();
			gates.second.countDown();
			assertThat(exchange.receiveUntil("part-2")).doesNotContain("part-3");
			gates.third.countDown();
			exchange.receiveUntil("part-3");
		}
		assertThat(script.settlements()).isOne();
		assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.SETTLED);
	}

	@ParameterizedTest
	@EnumSource
	void whenItFailsAfterTheFirstPartThenItStaysCharged(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/fails");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		try (WireExchange exchange = new WireExchange(shop.port())) {
			exchange.send("GET", "/fails", payment.headerLine());
			assertThat(exchange.receiveUntil("part-1")).startsWith("HTTP/1.1 200");
		}
		assertThat(script.settlements()).isOne();
		assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.SETTLED);
	}

	/**
	 * Open when the buyer has the part before.
	 */
	static final class Gates {

		private CountDownLatch second = new CountDownLatch(1);

		private CountDownLatch third = new CountDownLatch(1);

		Gates reset() {
			this.second = new CountDownLatch(1);
			this.third = new CountDownLatch(1);
			return this;
		}

		String part(int number) {
			CountDownLatch gate = (number == 2) ? this.second : this.third;
			try {
				if (number > 1 && !gate.await(20, TimeUnit.SECONDS)) {
					throw new IllegalStateException("The buyer did not get part " + (number - 1));
				}
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			return "part-" + number;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(StreamController.class)
	static class StreamConfiguration {

		@Bean
		Gates gates() {
			return new Gates();
		}

		@Bean
		RouterFunction<ServerResponse> functional(Gates gates) {
			return RouterFunctions.route()
				.GET("/functional/sse", (request) -> ServerResponse.sse((sse) -> new Thread(() -> {
					try {
						for (int i = 1; i <= 3; i++) {
							sse.send(gates.part(i));
						}
						sse.complete();
					}
					catch (IOException ex) {
						sse.error(ex);
					}
				}).start(), Duration.ofSeconds(30)))
				.GET("/functional/stream", (request) -> ServerResponse.ok().stream((stream) -> new Thread(() -> {
					try {
						for (int i = 1; i <= 3; i++) {
							stream.write(gates.part(i)).flush();
						}
						stream.complete();
					}
					catch (IOException ex) {
						stream.error(ex);
					}
				}).start()))
				.build();
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class StreamController {

		private final Gates gates;

		StreamController(Gates gates) {
			this.gates = gates;
		}

		@GetMapping("/sse")
		SseEmitter sse() {
			SseEmitter emitter = new SseEmitter();
			new Thread(() -> send(emitter)).start();
			return emitter;
		}

		/**
		 * On such a thread a facilitator must not be waited for with {@code block()}.
		 */
		@GetMapping("/sse-reactor")
		SseEmitter sseReactor() {
			SseEmitter emitter = new SseEmitter();
			Schedulers.parallel().schedule(() -> send(emitter));
			return emitter;
		}

		private void send(SseEmitter emitter) {
			try {
				for (int i = 1; i <= 3; i++) {
					emitter.send(this.gates.part(i));
				}
				emitter.complete();
			}
			catch (IOException | IllegalStateException ex) {
				emitter.completeWithError(ex);
			}
		}

		@GetMapping(path = "/flux", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> flux() {
			return Flux.range(1, 3)
				.concatMap((number) -> Mono.fromCallable(() -> this.gates.part(number))
					.subscribeOn(Schedulers.boundedElastic()));
		}

		@GetMapping("/streaming")
		StreamingResponseBody streaming(HttpServletResponse response) {
			return (output) -> {
				for (int i = 1; i <= 3; i++) {
					output.write(this.gates.part(i).getBytes(StandardCharsets.UTF_8));
					// Spring swallows a flush of the stream itself
					response.flushBuffer();
				}
			};
		}

		@GetMapping("/fails")
		StreamingResponseBody fails(HttpServletResponse response) {
			return (output) -> {
				output.write("part-1".getBytes(StandardCharsets.UTF_8));
				response.flushBuffer();
				throw new IOException("no more");
			};
		}

	}

}
