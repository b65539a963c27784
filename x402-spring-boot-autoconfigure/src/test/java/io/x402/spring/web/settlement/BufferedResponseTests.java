/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.ShallowEtagHeaderFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Paid responses that a filter further out buffers, so that they are not committed when
 * they are released.
 */
class BufferedResponseTests {

	private static final String SECRET = "s3cret-goods";

	@RegisterExtension
	static final Shops SHOPS = Shops.of(GoodsConfiguration.class, "x402.redelivery.body-limit=1KB",
			"x402.settlement.hold-limit=4KB");

	@BeforeEach
	void reset() {
		SHOPS.forEach((shop) -> shop.bean(AtomicInteger.class).set(0));
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, 3000", "TOMCAT, 9000", "JETTY, 3000", "JETTY, 9000" })
	void whenACompleteResponseIsNotStoredThenAnUnsafeHandlerIsNotRunAgain(Container container, int length)
			throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.buyer().sign(shop.offer("/goods"));
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.send("POST", "/unstored?length=" + length, payment.headerLine());
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.body()).hasSize(length);
		assertThat(response.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(shop.send("POST", "/unstored?length=" + length, payment.headerLine()).status()).isEqualTo(409);
		assertThat(shop.bean(AtomicInteger.class)).hasValue(1);
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /reset", "TOMCAT, /reset-buffer", "TOMCAT, /headers", "JETTY, /reset", "JETTY, /reset-buffer",
			"JETTY, /headers" })
	void whenAReleasedResponseIsChangedThenItIsDeliveredWithItsReceiptAsItWasReleased(Container container,
			String target) throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment(target);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.pay(target, payment);
		assertThat(script.settlements()).isOne();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(response.header("X-Goods")).isEqualTo("yes");
		assertThat(response.bodyText()).startsWith(SECRET).endsWith("end");
	}

	@ParameterizedTest
	@EnumSource
	void whenAReleasedResponseEndsWithAnErrorThenItHasItsReceipt(Container container) throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/error");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.pay("/error", payment);
		assertThat(script.settlements()).isOne();
		assertThat(response.header("PAYMENT-RESPONSE")).isNotEmpty();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(PaidController.class)
	static class GoodsConfiguration {

		@Bean
		AtomicInteger runs() {
			return new AtomicInteger();
		}

		@Bean
		FilterRegistrationBean<ShallowEtagHeaderFilter> etags() {
			FilterRegistrationBean<ShallowEtagHeaderFilter> registration = new FilterRegistrationBean<>(
					new ShallowEtagHeaderFilter());
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
			return registration;
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		private final AtomicInteger runs;

		PaidController(AtomicInteger runs) {
			this.runs = runs;
		}

		@GetMapping("/goods")
		String goods() {
			return SECRET;
		}

		@PostMapping("/unstored")
		byte[] unstored(@RequestParam int length) {
			this.runs.incrementAndGet();
			return new byte[length];
		}

		private static void begin(HttpServletResponse response) throws IOException {
			response.setHeader("X-Goods", "yes");
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
			response.getOutputStream().write(new byte[5000]);
		}

		private static void end(HttpServletResponse response) throws IOException {
			response.getOutputStream().write("end".getBytes(StandardCharsets.UTF_8));
		}

		@GetMapping("/reset")
		void reset(HttpServletResponse response) throws IOException {
			begin(response);
			try {
				response.reset();
			}
			catch (IllegalStateException ex) {
				// It is committed
			}
			end(response);
		}

		@GetMapping("/reset-buffer")
		void resetBuffer(HttpServletResponse response) throws IOException {
			begin(response);
			try {
				response.resetBuffer();
			}
			catch (IllegalStateException ex) {
				// It is committed
			}
			end(response);
		}

		@GetMapping("/headers")
		void headers(HttpServletResponse response) throws IOException {
			begin(response);
			response.setStatus(500);
			response.setHeader("X-Goods", "no");
			response.setHeader("PAYMENT-RESPONSE", null);
			end(response);
		}

		@GetMapping("/error")
		void error(HttpServletResponse response) throws IOException {
			begin(response);
			response.sendError(503);
		}

	}

}
