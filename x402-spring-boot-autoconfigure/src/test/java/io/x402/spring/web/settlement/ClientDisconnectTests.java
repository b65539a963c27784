/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.x402.spring.PaymentRequired;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A buyer who goes away leaves a claim that tells the truth.
 */
class ClientDisconnectTests {

	@RegisterExtension
	static final Shops SHOPS = Shops.of(DisconnectConfiguration.class);

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /slow", "TOMCAT, /slow-stream", "JETTY, /slow", "JETTY, /slow-stream" })
	void whenTheBuyerLeavesBeforeSettlementThenItIsSettledOnceOrFree(Container container, String target)
			throws Exception {
		Shop shop = SHOPS.get(container);
		Pace pace = shop.bean(Pace.class).reset();
		Payment payment = shop.payment(target);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		try (WireExchange exchange = new WireExchange(shop.port())) {
			exchange.send("GET", target, payment.headerLine());
			assertThat(pace.started.await(20, TimeUnit.SECONDS)).isTrue();
			exchange.abort();
		}
		pace.resume.countDown();
		waitUntil(() -> isAtRest(shop.claim(payment)));
		Claim claim = shop.claim(payment);
		assertThat(script.settlements()).isEqualTo((claim != null) ? 1 : 0);
		assertRepetitionIsDelivered(shop, target, payment, script);
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /goods", "TOMCAT, /stream", "JETTY, /goods", "JETTY, /stream" })
	void whenTheBuyerLeavesDuringSettlementThenItIsSettled(Container container, String target) throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment(target);
		try (WireExchange exchange = new WireExchange(shop.port())) {
			Script script = shop.script(payment, SettleBehaviour.SETTLED).atSettle(() -> abort(exchange));
			exchange.send("GET", target, payment.headerLine());
			waitUntil(() -> script.settlements() == 1 && isAtRest(shop.claim(payment)));
			assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.SETTLED);
			assertRepetitionIsDelivered(shop, target, payment, script);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheBuyerLeavesDuringADeclinedSettlementThenItIsDeclined(Container container) throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/stream");
		try (WireExchange exchange = new WireExchange(shop.port())) {
			Script script = shop.script(payment, SettleBehaviour.DECLINED).atSettle(() -> abort(exchange));
			exchange.send("GET", "/stream", payment.headerLine());
			waitUntil(() -> script.settlements() == 1 && isAtRest(shop.claim(payment)));
			assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.DECLINED);
			assertThat(shop.pay("/stream", payment).status()).isEqualTo(402);
			assertThat(script.settlements()).isOne();
		}
	}

	private static void assertRepetitionIsDelivered(Shop shop, String target, Payment payment, Script script)
			throws IOException {
		WireResponse again = shop.pay(target, payment);
		assertThat(again.status()).isEqualTo(200);
		assertThat(shop.buyer().receipt(again.header("PAYMENT-RESPONSE")).success()).isTrue();
		assertThat(script.settlements()).isOne();
	}

	private static boolean isAtRest(Claim claim) {
		return claim == null || claim.state() == ClaimState.SETTLED || claim.state() == ClaimState.DECLINED;
	}

	private static void waitUntil(Callable<Boolean> condition) {
		await().atMost(Duration.ofMinutes(1)).until(condition);
	}

	private static void abort(WireExchange exchange) {
		try {
			exchange.abort();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Lets the test decide when a handler goes on.
	 */
	static final class Pace {

		private CountDownLatch started = new CountDownLatch(1);

		private CountDownLatch resume = new CountDownLatch(1);

		Pace reset() {
			this.started = new CountDownLatch(1);
			this.resume = new CountDownLatch(1);
			return this;
		}

		void run() {
			this.started.countDown();
			try {
				this.resume.await(20, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(DisconnectController.class)
	static class DisconnectConfiguration {

		@Bean
		Pace pace() {
			return new Pace();
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class DisconnectController {

		private final Pace pace;

		DisconnectController(Pace pace) {
			this.pace = pace;
		}

		@GetMapping("/goods")
		String goods() {
			return "goods";
		}

		@GetMapping("/slow")
		String slow() {
			this.pace.run();
			return "goods";
		}

		@GetMapping("/stream")
		StreamingResponseBody stream() {
			return (output) -> output.write(new byte[1_000_000]);
		}

		@GetMapping("/slow-stream")
		StreamingResponseBody slowStream() {
			return (output) -> {
				this.pace.run();
				output.write("goods".getBytes(StandardCharsets.UTF_8));
				output.write(new byte[1_000_000]);
			};
		}

	}

}
