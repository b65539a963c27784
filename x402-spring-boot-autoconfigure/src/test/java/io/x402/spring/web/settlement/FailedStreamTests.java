/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A stream of an unsafe request is charged when it begins. If the seller cuts it off
 * while its buyer is there, the same payment runs the handler again, a limited number of
 * times.
 */
class FailedStreamTests {

	private static final String START = "s3cret-start";

	private static final String END = "s3cret-end";

	private static final int RERUNS = 3;

	@RegisterExtension
	static final Shops SHOPS = Shops.of(StreamConfiguration.class, "x402.redelivery.max-reruns=" + RERUNS);

	@BeforeEach
	void reset() {
		SHOPS.forEach((shop) -> shop.bean(AtomicInteger.class).set(0));
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /failing", "TOMCAT, /silent", "TOMCAT, /streaming", "TOMCAT, /blocking", "TOMCAT, /raw",
			"JETTY, /failing", "JETTY, /silent", "JETTY, /streaming", "JETTY, /blocking", "JETTY, /raw" })
	void whenTheSellerCutsAStreamOffThenTheSamePaymentRunsItsHandlerAgain(Container container, String path)
			throws Exception {
		Shop shop = SHOPS.get(container);
		String target = path + "?failures=1";
		Payment payment = shop.buyer().sign(Buyer.offer(shop.send("POST", target)));
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse cut = shop.send("POST", target, payment.headerLine());
		assertThat(cut.status()).as(cut.toString()).isEqualTo(200);
		assertThat(cut.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(cut.shows(START)).isTrue();
		assertThat(cut.shows(END)).isFalse();
		assertThat(script.settlements()).isOne();
		awaitRest(shop, payment);
		for (int i = 0; i < 2; i++) {
			WireResponse again = shop.send("POST", target, payment.headerLine());
			assertThat(again.status()).as(again.toString()).isEqualTo(200);
			assertThat(again.bodyText()).contains(START).contains(END);
			awaitRest(shop, payment);
		}
		assertThat(shop.bean(AtomicInteger.class)).as("runs").hasValue(2);
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /failing", "TOMCAT, /silent", "JETTY, /failing", "JETTY, /silent" })
	void whenTheSellerCutsEveryStreamOffThenItsHandlerDoesNotRunForEver(Container container, String path)
			throws Exception {
		Shop shop = SHOPS.get(container);
		String target = path + "?failures=100";
		Payment payment = shop.buyer().sign(Buyer.offer(shop.send("POST", target)));
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		for (int i = 0; i < RERUNS + 1; i++) {
			assertThat(shop.send("POST", target, payment.headerLine()).status()).isEqualTo(200);
			awaitRest(shop, payment);
		}
		WireResponse refused = shop.send("POST", target, payment.headerLine());
		assertThat(refused.status()).isEqualTo(409);
		assertThat(refused.json().path("code").asString()).isEqualTo("payment_already_used");
		assertThat(shop.bean(AtomicInteger.class)).as("runs").hasValue(RERUNS + 1);
		assertThat(script.settlements()).isOne();
	}

	private static void awaitRest(Shop shop, Payment payment) {
		await().atMost(60, TimeUnit.SECONDS).until(() -> {
			Claim claim = shop.claim(payment);
			return claim != null && !claim.active() && claim.receipt() != null;
		});
	}

	@Configuration(proxyBeanMethods = false)
	@Import(StreamController.class)
	static class StreamConfiguration {

		@Bean
		AtomicInteger runs() {
			return new AtomicInteger();
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class StreamController {

		private final AtomicInteger runs;

		StreamController(AtomicInteger runs) {
			this.runs = runs;
		}

		@PostMapping("/failing")
		ResponseBodyEmitter failing(int failures) throws IOException {
			boolean fails = fails(failures);
			ResponseBodyEmitter emitter = new ResponseBodyEmitter(60_000L);
			new Thread(() -> {
				try {
					emitter.send(START, MediaType.TEXT_PLAIN);
					if (fails) {
						emitter.completeWithError(new IllegalStateException("It cannot go on"));
						return;
					}
					emitter.send(END, MediaType.TEXT_PLAIN);
					emitter.complete();
				}
				catch (IOException ex) {
					emitter.completeWithError(ex);
				}
			}).start();
			return emitter;
		}

		@PostMapping("/silent")
		ResponseBodyEmitter silent(int failures) throws IOException {
			boolean fails = fails(failures);
			ResponseBodyEmitter emitter = new ResponseBodyEmitter(fails ? 200L : 60_000L);
			emitter.send(START, MediaType.TEXT_PLAIN);
			if (!fails) {
				emitter.send(END, MediaType.TEXT_PLAIN);
				emitter.complete();
			}
			return emitter;
		}

		@PostMapping("/streaming")
		ResponseEntity<StreamingResponseBody> streaming(int failures) {
			return ResponseEntity.ok()
				.contentType(MediaType.TEXT_PLAIN)
				.body((output) -> write(output, fails(failures)));
		}

		@PostMapping("/blocking")
		void blocking(HttpServletResponse response, int failures) throws IOException {
			response.setContentType("text/event-stream");
			write(response.getOutputStream(), fails(failures));
		}

		@PostMapping("/raw")
		void raw(HttpServletRequest request, int failures) throws IOException {
			boolean fails = fails(failures);
			AsyncContext context = request.startAsync();
			context.setTimeout(fails ? 200 : 60_000);
			OutputStream output = context.getResponse().getOutputStream();
			output.write(START.getBytes(StandardCharsets.UTF_8));
			output.flush();
			if (!fails) {
				output.write(END.getBytes(StandardCharsets.UTF_8));
				context.complete();
			}
		}

		private static void write(OutputStream output, boolean fails) throws IOException {
			output.write(START.getBytes(StandardCharsets.UTF_8));
			output.flush();
			output.write("x".repeat(70_000).getBytes(StandardCharsets.UTF_8));
			if (fails) {
				throw new IllegalStateException("It cannot go on");
			}
			output.write(END.getBytes(StandardCharsets.UTF_8));
		}

		private boolean fails(int failures) {
			return this.runs.incrementAndGet() <= failures;
		}

	}

}
