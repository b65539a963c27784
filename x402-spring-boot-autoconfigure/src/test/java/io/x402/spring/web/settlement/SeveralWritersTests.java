/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.x402.spring.PaymentRequired;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Several threads that write one paid response lose nothing of it, and what is stored is
 * what was sent.
 */
class SeveralWritersTests {

	private static final int WRITERS = 4;

	private static final int LINES = 200;

	@RegisterExtension
	static final Shops SHOPS = Shops.of(GoodsConfiguration.class, "x402.settlement.hold-limit=8KB");

	@ParameterizedTest
	@CsvSource({ "TOMCAT, false", "TOMCAT, true", "JETTY, false", "JETTY, true" })
	void whenThreadsWriteOneResponseThenEachLineIsDeliveredAndStored(Container container, boolean flush)
			throws Exception {
		Shop shop = SHOPS.get(container);
		for (int i = 0; i < 5; i++) {
			String target = "/lines?flush=" + flush;
			Payment payment = shop.payment(target);
			Script script = shop.script(payment, SettleBehaviour.SETTLED).atSettle(SeveralWritersTests::pause);
			WireResponse response = shop.pay(target, payment);
			assertThat(response.bodyText().lines()).containsExactlyInAnyOrderElementsOf(lines());
			assertThat(script.settlements()).isOne();
			await().until(() -> !shop.claim(payment).active());
			WireResponse again = shop.pay(target, payment);
			assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
			assertThat(again.bodyText()).isEqualTo(response.bodyText());
		}
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT", "JETTY" })
	void whenAThreadWritesAfterTheEndThenThatIsNotSent(Container container) throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/late");
		shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(shop.pay("/late", payment).bodyText()).isEqualTo("goods");
		assertThat(shop.pay("/late", payment).bodyText()).isEqualTo("goods");
	}

	private static List<String> lines() {
		List<String> lines = new ArrayList<>();
		for (int writer = 0; writer < WRITERS; writer++) {
			for (int line = 0; line < LINES; line++) {
				lines.add(line(writer, line));
			}
		}
		return lines;
	}

	private static String line(int writer, int line) {
		return writer + "-" + line + "-" + "x".repeat(line % 50);
	}

	/**
	 * Leave the other threads time to come.
	 */
	private static void pause() {
		try {
			Thread.sleep(50);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(PaidController.class)
	static class GoodsConfiguration {

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		@GetMapping("/lines")
		void lines(@RequestParam boolean flush, HttpServletRequest request) throws IOException {
			AsyncContext context = request.startAsync();
			ServletOutputStream output = context.getResponse().getOutputStream();
			CountDownLatch done = new CountDownLatch(WRITERS);
			for (int writer = 0; writer < WRITERS; writer++) {
				int number = writer;
				new Thread(() -> {
					try {
						for (int line = 0; line < LINES; line++) {
							output.write((line(number, line) + "\n").getBytes(StandardCharsets.UTF_8));
							if (flush && line % 50 == 10) {
								output.flush();
							}
						}
					}
					catch (IOException ex) {
						throw new IllegalStateException(ex);
					}
					finally {
						done.countDown();
					}
				}).start();
			}
			new Thread(() -> {
				try {
					done.await();
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
				context.complete();
			}).start();
		}

		@GetMapping("/late")
		void late(HttpServletRequest request) {
			AsyncContext context = request.startAsync();
			new Thread(() -> {
				try {
					ServletOutputStream output = context.getResponse().getOutputStream();
					output.write("goods".getBytes(StandardCharsets.UTF_8));
					context.complete();
					output.write("late".getBytes(StandardCharsets.UTF_8));
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			}).start();
		}

	}

}
