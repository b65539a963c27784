/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

import io.x402.spring.PaymentRequired;
import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The clock of a seller is set while payments are under way. What was paid can be
 * collected as soon as it is known, and nothing is paid for twice.
 */
class ClockJumpTests {

	private static final String SECRET = "s3cret-goods";

	@RegisterExtension
	static final Shops SHOPS = Shops.of(JumpConfiguration.class, "x402.reconciliation.interval=100ms");

	@BeforeEach
	void reset() {
		SHOPS.forEach((shop) -> shop.bean(MovableClock.class).moved = Duration.ZERO);
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, -PT3H", "TOMCAT, PT3H", "JETTY, -PT3H", "JETTY, PT3H" })
	void whenTheClockIsSetWhileAnOutcomeIsUnknownThenItIsFoundOutSoon(Container container, Duration jump)
			throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = payment(shop);
		shop.script(payment, SettleBehaviour.SERVER_ERROR);
		assertThat(shop.pay("/goods", payment).status()).isEqualTo(503);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		shop.bean(MovableClock.class).moved = jump;
		await().atMost(Duration.ofSeconds(30)).until(() -> shop.pay("/goods", payment).status() == 200);
		assertThat(shop.pay("/goods", payment).bodyText()).isEqualTo(SECRET);
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, -PT3H", "TOMCAT, PT3H", "JETTY, -PT3H", "JETTY, PT3H" })
	void whenTheClockIsSetDuringTheSaleThenItIsDeliveredAndCanBeCollected(Container container, Duration jump)
			throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = payment(shop);
		Script script = shop.script(payment, SettleBehaviour.SETTLED)
			.atSettle(() -> shop.bean(MovableClock.class).moved = jump);
		assertThat(shop.send("POST", "/order", payment.headerLine()).bodyText()).isEqualTo(SECRET);
		WireResponse again = shop.send("POST", "/order", payment.headerLine());
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.bodyText()).isEqualTo(SECRET);
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenTheClockWasAheadForAWhileThenTheResponseCanBeCollected(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = payment(shop);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(shop.send("POST", "/order", payment.headerLine()).status()).isEqualTo(200);
		shop.bean(MovableClock.class).moved = Duration.ofHours(3);
		assertThat(shop.send("POST", "/order", payment.headerLine()).status()).isEqualTo(409);
		shop.bean(MovableClock.class).moved = Duration.ZERO;
		assertThat(shop.send("POST", "/order", payment.headerLine()).bodyText()).isEqualTo(SECRET);
		assertThat(script.settlements()).isOne();
	}

	/**
	 * A wallet or a handler may take nearly as long as the authorization lasts.
	 */
	@ParameterizedTest
	@EnumSource
	void whenTheAuthorizationEndsBeforeTheBrowserNavigatesThenItSeesWhatItPaidFor(Container container)
			throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = payment(shop);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse paid = shop.get("/goods", payment.headerLine(), "X402-Page: /goods");
		String cookie = paid.header("Set-Cookie").split(";")[0];
		shop.bean(MovableClock.class).moved = Duration.ofMinutes(10);
		WireResponse shown = shop.get("/goods", "Cookie: " + cookie, "Sec-Fetch-Site: same-origin",
				"Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document");
		assertThat(shown.status()).isEqualTo(200);
		assertThat(shown.bodyText()).isEqualTo(SECRET);
		assertThat(script.settlements()).isOne();
	}

	/**
	 * Sign as the official buyers do, whose payments are valid from ten minutes ago on.
	 */
	private static Payment payment(Shop shop) throws IOException {
		PaymentRequirements offer = shop.offer("/goods");
		Instant now = Instant.now();
		EvmPayload.Eip3009 signed = new Eip3009Signer("11".repeat(32)).sign(offer, now.minusSeconds(600),
				now.plusSeconds(offer.maxTimeoutSeconds()));
		return new Payment(ProtocolVersion.V2, shop.buyer().payment(offer, signed), signed, offer);
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Goods.class)
	static class JumpConfiguration {

		@Bean
		MovableClock clock() {
			return new MovableClock();
		}

	}

	static final class MovableClock extends Clock {

		private volatile Duration moved = Duration.ZERO;

		@Override
		public ZoneId getZone() {
			return Clock.systemUTC().getZone();
		}

		@Override
		public Clock withZone(ZoneId zone) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Instant instant() {
			return Clock.systemUTC().instant().plus(this.moved);
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class Goods {

		@GetMapping("/goods")
		String goods() {
			return SECRET;
		}

		@PostMapping("/order")
		String order() {
			return SECRET;
		}

	}

}
