/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Shop.Purchase;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.ModelAndView;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Settled before the handler runs, and charged whatever it does.
 */
class UpfrontFlowTests {

	@RegisterExtension
	static final Shops SHOPS = Shops.of(UpfrontConfiguration.class);

	@ParameterizedTest
	@EnumSource
	void theOfferAnnouncesIt(Container container) throws IOException {
		assertThat(SHOPS.get(container).offer("/goods").extraText("paymentFlow")).isEqualTo("upfront");
		WireResponse unpaid = SHOPS.get(container).get("/goods");
		assertThat(unpaid.json().at("/accepts/0/extra/paymentFlow").asString()).isEqualTo("upfront");
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /goods, 200", "TOMCAT, /not-found, 404", "TOMCAT, /exception, 500",
			"TOMCAT, /send-error, 409", "TOMCAT, /callable-fails, 500", "TOMCAT, /deferred-timeout, 503",
			"TOMCAT, /not-modified, 304", "TOMCAT, /forward-fails, 500", "JETTY, /goods, 200", "JETTY, /not-found, 404",
			"JETTY, /exception, 500", "JETTY, /send-error, 409", "JETTY, /callable-fails, 500",
			"JETTY, /deferred-timeout, 503", "JETTY, /not-modified, 304", "JETTY, /forward-fails, 500" })
	void whateverTheHandlerDoesItIsSettledBeforeAndTheReceiptIsSent(Container container, String target, int status)
			throws IOException {
		Shop shop = SHOPS.get(container);
		AtomicInteger runs = shop.bean(AtomicInteger.class);
		runs.set(0);
		Payment payment = shop.payment(target);
		List<Integer> before = new ArrayList<>();
		Script script = shop.script(payment, SettleBehaviour.SETTLED).atSettle(() -> before.add(runs.get()));
		WireResponse response = shop.pay(target, payment);
		assertThat(response.status()).isEqualTo(status);
		assertThat(before).containsExactly(0);
		assertThat(runs.get()).isPositive();
		assertThat(script.verifications()).isOne();
		assertThat(response.headers("PAYMENT-RESPONSE")).hasSize(1);
		SettlementResponse receipt = shop.buyer().receipt(response.header("PAYMENT-RESPONSE"));
		assertThat(receipt.success()).isTrue();
		assertThat(receipt.transaction()).isEqualTo(payment.transaction());
		assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.SETTLED);
	}

	static List<Arguments> refusals() {
		List<Arguments> refusals = new ArrayList<>();
		for (Container container : Container.values()) {
			for (ProtocolVersion version : ProtocolVersion.values()) {
				refusals.add(Arguments.of(container, version, SettleBehaviour.DECLINED));
				refusals.add(Arguments.of(container, version, SettleBehaviour.SERVER_ERROR));
			}
		}
		return refusals;
	}

	@ParameterizedTest
	@MethodSource("refusals")
	void whenNotSettledThenTheHandlerDoesNotRun(Container container, ProtocolVersion version, SettleBehaviour behaviour)
			throws IOException {
		Shop shop = SHOPS.get(container);
		AtomicInteger runs = shop.bean(AtomicInteger.class);
		runs.set(0);
		Payment payment = shop.buyer().sign(shop.offer("/goods"), version);
		Script script = shop.script(payment, behaviour);
		WireResponse response = shop.pay("/goods", payment);
		assertThat(runs.get()).isZero();
		assertThat(script.settlements()).isOne();
		assertThat(shop.claim(payment).state()).isEqualTo(behaviour.claim());
		assertThat(response.headers("PAYMENT-REQUIRED")).isEmpty();
		if (behaviour == SettleBehaviour.DECLINED) {
			assertThat(response.status()).isEqualTo(402);
			SettlementResponse receipt = shop.buyer().receipt(response.header(version.receiptHeader()));
			assertThat(receipt.success()).isFalse();
			assertThat(receipt.errorReason()).isEqualTo("insufficient_funds");
		}
		else {
			assertThat(response.status()).isEqualTo(503);
			assertThat(response.header("Retry-After")).isNotEmpty();
			assertThat(response.headers(version.receiptHeader())).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void theHandlerKnowsTheReceipt(Container container) throws IOException {
		Purchase purchase = SHOPS.get(container).buy("/goods", SettleBehaviour.SETTLED);
		assertThat(purchase.response().bodyText()).isEqualTo("paid with " + purchase.payment().transaction());
	}

	@ParameterizedTest
	@EnumSource
	void whenSentAgainThenItIsNotSettledAgainAndTheHandlerThatFailedRunsAgain(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy("/not-found", SettleBehaviour.SETTLED);
		int runs = shop.bean(AtomicInteger.class).get();
		WireResponse again = shop.pay("/not-found", purchase.payment());
		assertThat(again.status()).isEqualTo(404);
		assertThat(shop.bean(AtomicInteger.class)).hasValue(runs + 1);
		assertThat(shop.buyer().receipt(again.header("PAYMENT-RESPONSE")).success()).isTrue();
		assertThat(purchase.script().settlements()).isOne();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(UpfrontController.class)
	static class UpfrontConfiguration {

		@Bean
		AtomicInteger runs() {
			return new AtomicInteger();
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01", flow = PaymentFlow.UPFRONT)
	static class UpfrontController {

		private final AtomicInteger runs;

		UpfrontController(AtomicInteger runs) {
			this.runs = runs;
		}

		@ModelAttribute
		void count() {
			this.runs.incrementAndGet();
		}

		@GetMapping("/goods")
		String goods(VerifiedPayment payment) {
			SettlementResponse receipt = payment.receipt();
			return "paid with " + ((receipt != null) ? receipt.transaction() : "nothing");
		}

		@GetMapping("/not-found")
		ResponseEntity<String> notFound() {
			return ResponseEntity.status(404).body("nothing");
		}

		@GetMapping("/exception")
		String exception() {
			throw new IllegalStateException("no goods");
		}

		@GetMapping("/send-error")
		void sendError(HttpServletResponse response) throws IOException {
			response.sendError(409);
		}

		@GetMapping("/callable-fails")
		Callable<String> callableFails() {
			return () -> {
				throw new IllegalStateException("no goods");
			};
		}

		@GetMapping("/deferred-timeout")
		DeferredResult<String> deferredTimeout() {
			return new DeferredResult<>(50L);
		}

		@GetMapping("/not-modified")
		ResponseEntity<Void> notModified(HttpServletRequest request) {
			return ResponseEntity.status(304).build();
		}

		@GetMapping("/forward-fails")
		ModelAndView forwardFails() {
			return new ModelAndView("forward:/exception");
		}

	}

}
