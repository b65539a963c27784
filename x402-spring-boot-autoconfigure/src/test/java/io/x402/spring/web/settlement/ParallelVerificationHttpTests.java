/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.x402.spring.PaymentRequired;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With {@code x402.settlement.verification=parallel} the response is on the wire if and
 * only if the payment was verified and settled, as ever.
 */
class ParallelVerificationHttpTests {

	private static Shop shop;

	@BeforeAll
	static void open() {
		shop = Shop.open(Container.TOMCAT, GoodsConfiguration.class, "x402.settlement.verification=parallel");
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	@Test
	void whenTheRequestIsSafeThenItsHandlerRunsMeanwhile() throws Exception {
		GoodsController goods = shop.bean(GoodsController.class);
		CountDownLatch running = goods.next();
		Payment payment = shop.payment("/goods");
		AtomicBoolean meanwhile = new AtomicBoolean();
		shop.script(payment, SettleBehaviour.SETTLED).atVerify(() -> meanwhile.set(waitFor(running)));
		WireResponse response = shop.pay("/goods", payment);
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.bodyText()).isEqualTo("the goods");
		assertThat(meanwhile).isTrue();
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TIMEOUT")
	void whenThePaymentIsValidThenSettlementDecides(SettleBehaviour behaviour) throws IOException {
		Payment payment = shop.payment("/goods");
		Script script = slow(shop.script(payment, behaviour));
		WireResponse response = shop.pay("/goods", payment);
		assertThat(script.verifications()).isOne();
		assertThat(script.settlements()).isOne();
		boolean settled = behaviour == SettleBehaviour.SETTLED;
		assertThat(response.bodyText().contains("the goods")).isEqualTo(settled);
		assertThat(response.status() == 200).isEqualTo(settled);
		assertThat(shop.claim(payment).state()).isEqualTo(behaviour.claim());
	}

	@ParameterizedTest
	@EnumSource
	void whenThePaymentIsInvalidThenNothingIsSettledOrReleased(Goods goods) throws IOException {
		Payment payment = shop.payment(goods.path);
		Script script = slow(shop.script(payment, SettleBehaviour.SETTLED).invalid());
		WireResponse response = shop.pay(goods.path, payment);
		assertThat(response.status()).isEqualTo(402);
		assertThat(response.bodyText()).doesNotContain("the goods");
		assertThat(response.headers("X-Of-The-Handler")).isEmpty();
		assertThat(script.settlements()).isZero();
		assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.DECLINED);
	}

	@ParameterizedTest
	@EnumSource
	void whenNothingIsKnownOfThePaymentThenNothingIsSettledOrReleased(Goods goods) throws IOException {
		Payment payment = shop.payment(goods.path);
		Script script = slow(shop.script(payment, SettleBehaviour.SETTLED).notVerifying());
		WireResponse response = shop.pay(goods.path, payment);
		assertThat(response.status()).isEqualTo(503);
		assertThat(response.bodyText()).doesNotContain("the goods");
		assertThat(script.settlements()).isZero();
	}

	@Test
	void whenTheRequestIsNotSafeThenItsHandlerRunsAfterwards() throws Exception {
		CountDownLatch running = shop.bean(GoodsController.class).next();
		Payment payment = shop.buyer().sign(shop.buyer().offer(shop.port(), "/goods"));
		Script script = slow(shop.script(payment, SettleBehaviour.SETTLED).invalid());
		WireResponse response = shop.send("POST", "/orders", payment.headerLine());
		assertThat(response.status()).isEqualTo(402);
		assertThat(script.verifications()).isOne();
		assertThat(running.getCount()).isOne();
	}

	/**
	 * So that the handler has ended before.
	 */
	private static Script slow(Script script) {
		return script.atVerify(() -> waitFor(new CountDownLatch(1), 100));
	}

	private static boolean waitFor(CountDownLatch latch) {
		return waitFor(latch, 20_000);
	}

	private static boolean waitFor(CountDownLatch latch, long millis) {
		try {
			return latch.await(millis, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	enum Goods {

		BODY("/goods"), STREAM("/stream");

		private final String path;

		Goods(String path) {
			this.path = path;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(GoodsController.class)
	static class GoodsConfiguration {

	}

	@RestController
	static class GoodsController {

		private volatile CountDownLatch running = new CountDownLatch(1);

		CountDownLatch next() {
			this.running = new CountDownLatch(1);
			return this.running;
		}

		@GetMapping("/goods")
		@PaymentRequired(price = "$0.01")
		String goods(HttpServletResponse response) {
			this.running.countDown();
			response.setHeader("X-Of-The-Handler", "1");
			return "the goods";
		}

		@GetMapping("/stream")
		@PaymentRequired(price = "$0.01")
		void stream(HttpServletResponse response) throws IOException {
			this.running.countDown();
			response.setHeader("X-Of-The-Handler", "1");
			response.setContentType("text/event-stream");
			response.getWriter().write("data: the goods\n\n");
			response.flushBuffer();
			response.getWriter().write("data: the goods\n\n");
		}

		@PostMapping("/orders")
		@PaymentRequired(price = "$0.01")
		String order() {
			this.running.countDown();
			return "the goods";
		}

	}

}
