/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.PaymentScheme;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.evm.Permit2Signer;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.SettlementResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Handlers on WebFlux that charge less than their price, while they make their response
 * or later.
 */
class WebFluxMeteredHandlerTests {

	private static final String PRICE = "100000";

	private static final PaymentCodec CODEC = new PaymentCodec();

	private static final Permit2Signer SIGNER = new Permit2Signer(new PrivateKeySigner("11".repeat(32)));

	private static MeteredFacilitator facilitator;

	private static WebFluxShop shop;

	@BeforeAll
	static void open() {
		facilitator = new MeteredFacilitator();
		shop = WebFluxShop.open(MeteredConfiguration.class, "x402.network=base-sepolia",
				"x402.facilitator.url=" + facilitator.url(), "x402.facilitator.retry.max-retries=0");
	}

	@AfterAll
	static void close() {
		shop.close();
		facilitator.close();
	}

	@BeforeEach
	void awaitAddress() {
		shop.bean(Meter.class).runs.set(0);
		await().until(() -> shop.send("GET", "/words").status() == 402);
		facilitator.settlements();
	}

	@ParameterizedTest
	@CsvSource({ "/words?charge=0.0123456789, 12345", "/later?charge=0.02, 20000", "/parts?charge=0.03, 30000",
			"/words, 100000", "/parts, 100000" })
	void whenAHandlerChargesThenThatIsSettled(String target, String amount) throws IOException {
		String payment = payment(target);
		WireResponse response = shop.send("GET", target, payment);
		assertThat(response.status()).isEqualTo(200);
		assertThat(receipt(response).amount()).isEqualTo(amount);
		assertThat(facilitator.settlements()).singleElement()
			.satisfies((message) -> assertThat(message.at("/paymentRequirements/amount").asString()).isEqualTo(amount));
		WireResponse again = shop.send("GET", target, payment);
		assertThat(again.bodyText()).isEqualTo(response.bodyText());
		assertThat(receipt(again)).isEqualTo(receipt(response));
		assertThat(facilitator.settlements()).isEmpty();
		assertThat(shop.bean(Meter.class).runs).hasValue(1);
	}

	@Test
	void whenNothingIsChargedThenNothingMoves() throws IOException {
		WireResponse response = shop.send("GET", "/words?charge=0", payment("/words?charge=0"));
		assertThat(response.status()).isEqualTo(200);
		assertThat(receipt(response).amount()).isEqualTo("0");
		assertThat(receipt(response).transaction()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/words?charge=0.100001", "/later?charge=-0.01", "/later?charge=0.01&charge=0.02" })
	void whenAHandlerChargesWronglyThenNothingIsSettled(String target) throws IOException {
		WireResponse response = shop.send("GET", target, payment(target));
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(response.shows("words for")).isFalse();
		assertThat(facilitator.settlements()).isEmpty();
	}

	@Test
	void whenAHandlerChargesAfterItsFirstPartThenWhatWasSettledStays() throws IOException {
		WireResponse response = shop.send("GET", "/too-late", payment("/too-late"));
		assertThat(receipt(response).amount()).isEqualTo(PRICE);
		assertThat(response.shows("\r\n0\r\n\r\n")).as("an end that looks well: %s", response).isFalse();
		assertThat(facilitator.settlements()).hasSize(1);
	}

	private static String payment(String target) throws IOException {
		PaymentRequirements offer = shop.offer(target);
		assertThat(offer.scheme()).isEqualTo("upto");
		return "PAYMENT-SIGNATURE: " + CODEC.encode(
				new PaymentPayload.V2(2, null, json(offer), SIGNER.sign(offer, Instant.now().plusSeconds(60)), null));
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> json(PaymentRequirements offer) {
		return CODEC.read(CODEC.write(offer), Map.class);
	}

	private static SettlementResponse receipt(WireResponse response) {
		assertThat(response.header("PAYMENT-RESPONSE")).as(response.toString()).isNotEmpty();
		return CODEC.decode(response.header("PAYMENT-RESPONSE"), SettlementResponse.class);
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Meter.class)
	static class MeteredConfiguration {

	}

	@RestController
	@PaymentRequired(price = "$0.10", scheme = PaymentScheme.UPTO)
	static class Meter {

		private final AtomicInteger runs = new AtomicInteger();

		@GetMapping("/words")
		String words(@RequestParam(defaultValue = "") List<BigDecimal> charge, VerifiedPayment payment) {
			this.runs.incrementAndGet();
			charge.forEach(payment::charge);
			return "words for " + payment.charged();
		}

		@GetMapping("/later")
		Mono<String> later(@RequestParam List<BigDecimal> charge, Mono<VerifiedPayment> payment) {
			this.runs.incrementAndGet();
			return payment.delayElement(Duration.ofMillis(20)).map((known) -> {
				charge.forEach(known::charge);
				return "words for " + known.charged();
			});
		}

		@GetMapping(path = "/parts", produces = "text/event-stream")
		Flux<String> parts(@RequestParam(defaultValue = "") List<BigDecimal> charge, VerifiedPayment payment) {
			this.runs.incrementAndGet();
			return Flux.just("words", "more").doOnSubscribe((subscription) -> charge.forEach(payment::charge));
		}

		@GetMapping(path = "/too-late", produces = "text/event-stream")
		Flux<String> tooLate(VerifiedPayment payment) {
			return Flux.concat(Mono.just("words"), Mono.fromSupplier(() -> {
				payment.charge(new BigDecimal("0.01"));
				return "more";
			}).delaySubscription(Duration.ofMillis(500)));
		}

	}

}
