/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * What a handler writes is there if, and only if, it was paid for.
 */
class PaymentTransactionTests {

	private static Shop shop;

	private static JdbcClient jdbc;

	@BeforeAll
	static void open() {
		shop = Shop.open(Container.TOMCAT, OrderConfiguration.class, "x402.facilitator.settle-timeout=4s",
				"spring.datasource.generate-unique-name=true", "x402.reconciliation.interval=50ms",
				"x402.redelivery.body-limit=1KB");
		jdbc = shop.bean(JdbcClient.class);
		jdbc.sql("CREATE TABLE shop_order (name VARCHAR(40) NOT NULL)").update();
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	@BeforeEach
	void forget() {
		jdbc.sql("DELETE FROM shop_order").update();
		shop.bean(AtomicBoolean.class).set(false);
	}

	@ParameterizedTest
	@EnumSource
	void whenSettledThenTheRowIsThereAndElseItIsNot(SettleBehaviour behaviour) throws IOException {
		Payment payment = shop.payment("/order");
		int[] during = new int[1];
		Script script = shop.script(payment, behaviour).atSettle(() -> during[0] = rows());
		WireResponse response = shop.pay("/order", payment);
		boolean settled = behaviour == SettleBehaviour.SETTLED;
		assertThat(script.settlements()).isOne();
		assertThat(during[0]).isZero();
		assertThat(rows()).isEqualTo(settled ? 1 : 0);
		assertThat(response.shows("ordered")).isEqualTo(settled);
		assertThat(shop.claim(payment).state()).isEqualTo(behaviour.claim());
		if (settled) {
			assertThat(shop.pay("/order", payment).header("Idempotent-Replayed")).isEqualTo("true");
			assertThat(rows()).isOne();
		}
	}

	@Test
	void whenAnUnknownOutcomeTurnsOutToBeSettledThenTheHandlerRunsAgainForIt() throws Exception {
		Payment payment = shop.payment("/order");
		shop.script(payment, SettleBehaviour.RESET);
		assertThat(shop.pay("/order", payment).status()).isEqualTo(503);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		await().atMost(Duration.ofSeconds(60)).until(() -> shop.claim(payment).state() == ClaimState.SETTLED);
		assertThat(rows()).isZero();
		WireResponse response = shop.pay("/order", payment);
		assertThat(response.bodyText()).isEqualTo("ordered");
		assertThat(response.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(rows()).isOne();
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "/throws, 500", "/bad, 400", "/error, 404", "/rolls-back, 500", "/too-large, 500",
			"/redirects-then-throws, 500", "/forwards-then-throws, 500", "/error-then-writes, 404",
			"/too-large-then-writes, 500" })
	void whenTheHandlerFailsThenNothingIsChargedAndNothingWritten(String target, int status) throws Exception {
		Payment payment = shop.payment(target);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(shop.pay(target, payment).status()).isEqualTo(status);
		assertThat(script.settlements()).isZero();
		assertThat(rows()).isZero();
		assertThat(shop.isReleased(payment)).isTrue();
	}

	@Test
	void whenTheHandlerRedirectsThenItIsPaidAndWritten() throws IOException {
		Payment payment = shop.payment("/redirects");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(shop.pay("/redirects", payment).header("Location")).endsWith("/order");
		assertThat(script.settlements()).isOne();
		assertThat(rows()).isOne();
	}

	@Test
	void whenCommitFailsAfterSettlementThenTheSamePaymentGetsAnotherRun() throws IOException {
		shop.bean(AtomicBoolean.class).set(true);
		Payment payment = shop.payment("/commit-fails");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse failed = shop.pay("/commit-fails", payment);
		assertThat(failed.status()).isEqualTo(503);
		assertThat(failed.json().path("code").asString()).isEqualTo("delivery_failed");
		assertThat(failed.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(failed.header("Retry-After")).isNotEmpty();
		assertThat(failed.shows("ordered")).isFalse();
		assertThat(rows()).isZero();
		shop.bean(AtomicBoolean.class).set(false);
		assertThat(shop.pay("/commit-fails", payment).bodyText()).isEqualTo("ordered");
		assertThat(rows()).isOne();
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenTheResponseIsNotStoredThenTheHandlerRunsAgainForTheHeadersThatItDependsOnOnly() throws IOException {
		Payment payment = shop.payment("/varies");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse first = shop.get("/varies", payment.headerLine(), "X-Doc: 1");
		assertThat(first.bodyText()).startsWith("doc 1");
		assertThat(rows()).isOne();
		WireResponse other = shop.get("/varies", payment.headerLine(), "X-Doc: 2");
		assertThat(other.status()).isEqualTo(409);
		assertThat(other.json().path("code").asString()).isEqualTo("payment_already_bound");
		assertThat(rows()).isOne();
		assertThat(shop.get("/varies", payment.headerLine(), "X-Doc: 1").bodyText()).isEqualTo(first.bodyText());
		assertThat(rows()).isEqualTo(2);
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenTheHandlerAnswersOnAnotherThreadThenTheApplicationDoesNotStart() {
		assertThatThrownBy(() -> Shop.open(Container.TOMCAT, AsynchronousConfiguration.class))
			.hasMessageContaining("transactional")
			.hasMessageContaining("another thread");
	}

	@Test
	void whenUpfrontThenTheApplicationDoesNotStart() {
		assertThatThrownBy(() -> Shop.open(Container.TOMCAT, UpfrontConfiguration.class))
			.hasMessageContaining("transactional")
			.hasMessageContaining("upfront");
	}

	private static int rows() {
		return jdbc.sql("SELECT COUNT(*) FROM shop_order").query(Integer.class).single();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ OrderController.class, Orders.class })
	static class OrderConfiguration {

		@Bean
		AtomicBoolean commitFails() {
			return new AtomicBoolean();
		}

	}

	static class Orders {

		private final JdbcClient jdbc;

		Orders(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@Transactional
		public String order() {
			this.jdbc.sql("INSERT INTO shop_order (name) VALUES ('tea')").update();
			return "ordered";
		}

		@Transactional
		public void rollBack() {
			order();
			TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01", transactional = true)
	static class OrderController {

		private final Orders orders;

		private final AtomicBoolean commitFails;

		OrderController(Orders orders, AtomicBoolean commitFails) {
			this.orders = orders;
			this.commitFails = commitFails;
		}

		@GetMapping("/order")
		String order() {
			return this.orders.order();
		}

		@GetMapping("/varies")
		ResponseEntity<String> varies(@RequestHeader("X-Doc") String doc) {
			this.orders.order();
			return ResponseEntity.ok().header("Vary", "X-Doc").body("doc " + doc + "x".repeat(2000));
		}

		@GetMapping("/throws")
		String fail() {
			this.orders.order();
			throw new IllegalStateException("no tea");
		}

		@GetMapping("/bad")
		ResponseEntity<String> bad() {
			return ResponseEntity.badRequest().body(this.orders.order());
		}

		@GetMapping("/error")
		void error(HttpServletResponse response) throws IOException {
			this.orders.order();
			response.sendError(404);
		}

		@GetMapping("/rolls-back")
		String rollBack() {
			this.orders.rollBack();
			return "ordered";
		}

		@GetMapping("/too-large")
		byte[] tooLarge() {
			this.orders.order();
			return new byte[100_000];
		}

		@GetMapping("/redirects")
		void redirect(HttpServletResponse response) throws IOException {
			this.orders.order();
			response.sendRedirect("/order");
		}

		@GetMapping("/redirects-then-throws")
		void redirectThenThrow(HttpServletResponse response) throws IOException {
			response.sendRedirect("/order");
			this.orders.order();
			throw new IllegalStateException("no tea");
		}

		@GetMapping("/forwards-then-throws")
		void forwardThenThrow(HttpServletRequest request, HttpServletResponse response)
				throws IOException, ServletException {
			request.getRequestDispatcher("/order").forward(request, response);
			this.orders.order();
			throw new IllegalStateException("no tea");
		}

		@GetMapping("/error-then-writes")
		void errorThenWrite(HttpServletResponse response) throws IOException {
			response.sendError(404);
			this.orders.order();
		}

		@GetMapping("/too-large-then-writes")
		void tooLargeThenWrite(HttpServletResponse response) throws IOException {
			try {
				response.getOutputStream().write(new byte[100_000]);
			}
			catch (IllegalStateException ex) {
				this.orders.order();
				throw ex;
			}
		}

		@GetMapping("/commit-fails")
		String commitFails() {
			if (this.commitFails.get()) {
				TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

					@Override
					public void beforeCommit(boolean readOnly) {
						throw new IllegalStateException("The database says no");
					}

				});
			}
			return this.orders.order();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class AsynchronousConfiguration {

		@PaymentRequired(price = "$0.01", transactional = true)
		@PostMapping("/later")
		Callable<String> later() {
			return () -> "later";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class UpfrontConfiguration {

		@PaymentRequired(price = "$0.01", transactional = true, flow = PaymentFlow.UPFRONT)
		@PostMapping("/upfront")
		String upfront() {
			return "upfront";
		}

	}

}
