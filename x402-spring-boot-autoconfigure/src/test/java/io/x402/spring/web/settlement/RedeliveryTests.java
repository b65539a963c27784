/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.x402.spring.PaymentRequired;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What was paid for can be collected again, and costs nothing more.
 */
class RedeliveryTests {

	private static Shop shop;

	@BeforeAll
	static void open() {
		shop = Shop.open(Container.TOMCAT, RedeliveryConfiguration.class, "x402.reconciliation.interval=50ms",
				"x402.facilitator.settle-timeout=4s", "x402.settlement.max-repeat-wait=20ms",
				"x402.ledger.event-interval=50ms");
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	@TestFactory
	Stream<DynamicTest> whenRepeatedThenEveryStyleOfHandlerGivesTheSameOnTomcat() {
		return repeatAll(Container.TOMCAT);
	}

	@TestFactory
	Stream<DynamicTest> whenRepeatedThenEveryStyleOfHandlerGivesTheSameOnJetty() {
		return repeatAll(Container.JETTY);
	}

	private static Stream<DynamicTest> repeatAll(Container container) {
		Shop styles = Shop.open(container, HandlerStylesConfiguration.class, "x402.routes[0].path=/functional/**",
				"x402.routes[0].price=$0.01");
		return HandlerStyle.all()
			.stream()
			.filter(HandlerStyle::billable)
			.map((style) -> DynamicTest.dynamicTest(style.toString(), () -> repeat(styles, style)))
			.onClose(styles::close);
	}

	private static void repeat(Shop styles, HandlerStyle style) throws IOException {
		Payment payment = styles.payment(style.target());
		Script script = styles.script(payment, SettleBehaviour.SETTLED);
		WireResponse first = styles.send(style.method(), style.target(), payment.headerLine());
		WireResponse again = styles.send(style.method(), style.target(), payment.headerLine());
		assertThat(first.status()).isEqualTo(style.status());
		assertThat(again.status()).as("%s", again).isEqualTo(style.status());
		assertThat(again.body()).isEqualTo(first.body());
		for (String header : List.of("PAYMENT-RESPONSE", "Content-Type", "ETag")) {
			assertThat(again.headers(header)).as(header).isEqualTo(first.headers(header));
		}
		URI shopUri = URI.create("http://shop.test/");
		assertThat(shopUri.resolve(again.header("Location"))).isEqualTo(shopUri.resolve(first.header("Location")));
		assertThat(script.settlements()).isOne();
		assertThat(script.verifications()).isOne();
	}

	@ParameterizedTest
	@EnumSource(names = { "TIMEOUT", "RESET", "SERVER_ERROR", "GARBAGE", "WITHOUT_TRANSACTION" })
	void whenTheOutcomeBecomesKnownThenTheSamePaymentGetsTheAnswer(SettleBehaviour unknown) throws Exception {
		Payment payment = shop.payment("/count");
		shop.script(payment, unknown);
		int runs = shop.bean(AtomicInteger.class).get();
		assertThat(shop.pay("/count", payment).json().path("code").asString()).isEqualTo("settlement_pending");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		await().atMost(Duration.ofSeconds(60)).until(() -> shop.claim(payment).state() == ClaimState.SETTLED);
		assertThat(script.settlements()).isOne();
		WireResponse collected = shop.pay("/count", payment);
		assertThat(collected.status()).isEqualTo(200);
		assertThat(collected.bodyText()).isEqualTo("run " + (runs + 1));
		assertThat(collected.header("Idempotent-Replayed")).isEqualTo("true");
		assertThat(shop.buyer().receipt(collected.header("PAYMENT-RESPONSE")).transaction())
			.isEqualTo(payment.transaction());
		assertThat(shop.bean(AtomicInteger.class)).hasValue(runs + 1);
		assertThat(script.settlements()).isOne();
		assertThat(booked(payment)).containsExactly(LedgerEvent.VERIFIED, LedgerEvent.PENDING, LedgerEvent.SETTLED,
				LedgerEvent.REDELIVERED);
	}

	@Test
	void whenTheBuyerLeavesBeforeTheAnswerThenItIsKept() throws Exception {
		Payment payment = shop.payment("/count");
		try (WireExchange exchange = new WireExchange(shop.port())) {
			shop.script(payment, SettleBehaviour.SETTLED).atSettle(() -> {
				try {
					exchange.abort();
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			exchange.send("GET", "/count", payment.headerLine());
			await().atMost(Duration.ofSeconds(20))
				.until(() -> shop.claim(payment) != null && shop.claim(payment).state() == ClaimState.SETTLED);
		}
		assertThat(shop.pay("/count", payment).header("Idempotent-Replayed")).isEqualTo("true");
	}

	@Test
	void whenTheAnswerIsTooLargeToKeepThenASafeRequestRunsAgain() throws IOException {
		Payment payment = shop.payment("/large");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(shop.pay("/large", payment).body()).hasSize(RedeliveryController.LARGE);
		WireResponse again = shop.pay("/large", payment);
		assertThat(again.body()).hasSize(RedeliveryController.LARGE);
		assertThat(again.headers("Idempotent-Replayed")).isEmpty();
		assertThat(again.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenTheAnswerIsTooLargeToKeepThenAnUnsafeRequestDoesNotRunAgain() throws IOException {
		Payment payment = shop.buyer().sign(shop.offer("/large"));
		shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(post("/large", payment, "x").status()).isEqualTo(200);
		WireResponse again = post("/large", payment, "x");
		assertThat(again.status()).isEqualTo(409);
		assertThat(again.json().path("code").asString()).isEqualTo("payment_already_used");
		assertThat(again.header("PAYMENT-RESPONSE")).isNotEmpty();
	}

	@Test
	void whenAnsweredThenOnlyHeadersOnTheListAreRepeated() throws IOException {
		Payment payment = shop.payment("/headers");
		shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse first = shop.pay("/headers", payment);
		assertThat(first.header("Set-Cookie")).contains("session=");
		WireResponse again = shop.pay("/headers", payment);
		assertThat(again.status()).isEqualTo(201);
		assertThat(again.header("Location")).isEqualTo("/orders/17");
		assertThat(again.header("ETag")).isEqualTo("\"17\"");
		assertThat(again.headers("Set-Cookie")).isEmpty();
		assertThat(again.headers("X-Internal")).isEmpty();
		assertThat(again.header("Cache-Control")).contains("private").doesNotContain("public");
		assertThat(String.join(",", again.headers("Vary"))).contains("PAYMENT-SIGNATURE");
	}

	@Test
	void whenAnotherRequestComesWithThePaymentThenNothingIsShown() throws IOException {
		Payment payment = shop.payment("/count");
		shop.script(payment, SettleBehaviour.SETTLED);
		String answer = shop.pay("/count", payment).bodyText();
		WireResponse other = shop.pay("/count?page=2", payment);
		assertThat(other.json().path("code").asString()).isEqualTo("payment_already_bound");
		assertThat(other.shows(answer)).isFalse();
		assertThat(other.headers("PAYMENT-RESPONSE")).isEmpty();
	}

	@Test
	void whenRedeliveryIsOffThenNothingIsKept() throws IOException {
		try (Shop forgetful = Shop.open(Container.JETTY, RedeliveryConfiguration.class, "x402.redelivery.window=0")) {
			Payment payment = forgetful.payment("/count");
			forgetful.script(payment, SettleBehaviour.SETTLED);
			assertThat(forgetful.pay("/count", payment).status()).isEqualTo(200);
			assertThat(forgetful.bean(PaymentStore.class).response(forgetful.claim(payment)))
				.isEqualTo(ResponseRecord.none());
			assertThat(forgetful.pay("/count", payment).json().path("code").asString())
				.isEqualTo("payment_already_used");
		}
	}

	@Test
	void whenWhatIsKeptIsEncryptedThenTheStoreDoesNotShowIt() throws IOException {
		try (Shop secret = Shop.open(Container.TOMCAT, RedeliveryConfiguration.class,
				"x402.redelivery.encryption-key=" + "A".repeat(43) + "=")) {
			Payment payment = secret.payment("/count");
			secret.script(payment, SettleBehaviour.SETTLED);
			String answer = secret.pay("/count", payment).bodyText();
			byte[] kept = secret.bean(PaymentStore.class).response(secret.claim(payment)).toBytes();
			assertThat(new String(kept, java.nio.charset.StandardCharsets.ISO_8859_1)).doesNotContain(answer);
			assertThat(secret.pay("/count", payment).bodyText()).isEqualTo(answer);
		}
	}

	@Test
	void whenIdentifiersAreAskedForThenTheOfferSaysSo() throws IOException {
		try (Shop asking = Shop.open(Container.TOMCAT, RedeliveryConfiguration.class,
				"x402.redelivery.payment-identifier=required")) {
			WireResponse unpaid = asking.get("/count");
			String offer = new String(java.util.Base64.getDecoder().decode(unpaid.header("PAYMENT-REQUIRED")),
					java.nio.charset.StandardCharsets.UTF_8);
			assertThat(offer).contains("\"payment-identifier\"").contains("\"required\":true");
			Payment payment = asking.payment("/count");
			assertThat(asking.pay("/count", payment).json().path("code").asString())
				.isEqualTo("payment_identifier_required");
		}
	}

	@Test
	void whenAnOutcomeIsBookedThenListenersAreTold() throws IOException {
		Payment payment = shop.payment("/count");
		shop.script(payment, SettleBehaviour.SETTLED);
		shop.pay("/count", payment);
		await().atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(shop.bean(Books.class).told)
				.anyMatch((entry) -> entry.event() == LedgerEvent.SETTLED
						&& payment.transaction().equals(entry.transaction()) && entry.route().equals("GET /count")));
	}

	private static List<LedgerEvent> booked(Payment payment) {
		PaymentLedger ledger = shop.bean(PaymentLedger.class);
		String purchase = shop.claim(payment).sale().id();
		return ledger.find(new LedgerQuery(null, null, null, null, null, purchase, null, 100))
			.stream()
			.map(LedgerEntry::event)
			.toList();
	}

	private static WireResponse post(String target, Payment payment, String body) throws IOException {
		try (WireExchange exchange = new WireExchange(shop.port())) {
			return exchange.send("POST", target, body.getBytes(), payment.headerLine(), "Content-Type: text/plain")
				.receive();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ RedeliveryController.class, Books.class })
	static class RedeliveryConfiguration {

		@Bean
		AtomicInteger runs() {
			return new AtomicInteger();
		}

	}

	static class Books {

		private final List<LedgerEntry> told = new java.util.concurrent.CopyOnWriteArrayList<>();

		@EventListener
		void on(LedgerEntry entry) {
			this.told.add(entry);
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class RedeliveryController {

		static final int LARGE = 3_000_000;

		private final AtomicInteger runs;

		RedeliveryController(AtomicInteger runs) {
			this.runs = runs;
		}

		@GetMapping("/count")
		String count() {
			return "run " + this.runs.incrementAndGet();
		}

		@GetMapping("/large")
		byte[] large() {
			return new byte[LARGE];
		}

		@PostMapping("/large")
		byte[] post(@RequestBody String body) {
			return new byte[LARGE];
		}

		@GetMapping("/headers")
		ResponseEntity<String> headers(HttpServletResponse response) {
			response.addCookie(new Cookie("session", "secret"));
			return ResponseEntity.status(201)
				.header("Location", "/orders/17")
				.header("X-Internal", "17")
				.header("Cache-Control", "public, max-age=60")
				.eTag("\"17\"")
				.contentType(MediaType.TEXT_PLAIN)
				.body("ordered");
		}

	}

}
