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
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.x402.spring.PaymentRequired;
import io.x402.spring.PaymentScheme;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.evm.Permit2Signer;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentLedger;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

/**
 * Handlers that charge less than their price, from the offer to the books, on real HTTP.
 */
class MeteredHandlerTests {

	private static final String PRICE = "100000";

	private static final PaymentCodec CODEC = new PaymentCodec();

	private static final Permit2Signer SIGNER = new Permit2Signer(new PrivateKeySigner("11".repeat(32)));

	private static MeteredFacilitator facilitator;

	private static ConfigurableApplicationContext shop;

	@BeforeAll
	static void open() {
		facilitator = new MeteredFacilitator();
		shop = new SpringApplicationBuilder(ShopConfiguration.class, MeteredConfiguration.class)
			.web(WebApplicationType.SERVLET)
			.bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.run("--server.port=0", "--logging.level.root=OFF",
					"--spring.autoconfigure.exclude=" + Container.TOMCAT.excluded(), "--x402.pay-to=" + Buyer.SELLER,
					"--x402.network=base-sepolia", "--x402.facilitator.url=" + facilitator.url(),
					"--x402.facilitator.supported.check=false", "--x402.facilitator.retry.max-retries=0",
					"--x402.facilitator.circuit-breaker.failure-threshold=1000000",
					"--x402.settlement.max-repeat-wait=20ms", "--x402.reconciliation.interval=50ms");
	}

	@AfterAll
	static void close() {
		shop.close();
		facilitator.close();
	}

	@BeforeEach
	void awaitAddress() {
		shop.getBean(Meter.class).runs.set(0);
		facilitator.settlements();
		facilitator.verifications();
		await().until(() -> send("/words").status() == 402);
	}

	@Test
	void whenSchemeIsUptoThenOfferSaysAllThatABuyerSigns() throws IOException {
		PaymentRequirements offer = offer("/words");
		assertThat(offer.scheme()).isEqualTo("upto");
		assertThat(offer.amount()).isEqualTo(PRICE);
		assertThat(offer.extra()).isEqualTo(Map.of("name", "USDC", "version", "2", "assetTransferMethod", "permit2",
				"facilitatorAddress", MeteredFacilitator.ADDRESS));
		assertThat(send("/words").shows("maxAmountRequired")).as("no offer of version 1").isFalse();
	}

	@Test
	void whenLessIsChargedThenLessIsSettledAndTold() throws IOException {
		send("/words", payment("/words"));
		facilitator.settlements();
		facilitator.verifications();
		DistributionSummary amounts = shop.getBean(MeterRegistry.class).get("x402.settled.amount").summary();
		double before = amounts.totalAmount();
		String payment = payment("/words?charge=0.0123456789");
		WireResponse response = send("/words?charge=0.0123456789", payment);
		assertThat(response.status()).isEqualTo(200);
		SettlementResponse receipt = receipt(response);
		assertThat(receipt.amount()).isEqualTo("12345");
		assertThat(facilitator.verifications()).singleElement()
			.satisfies((message) -> assertAmounts(message, PRICE, PRICE));
		assertThat(facilitator.settlements()).singleElement()
			.satisfies((message) -> assertAmounts(message, PRICE, "12345"));
		assertThat(entry(LedgerEvent.SETTLED, receipt.transaction()).amount()).isEqualTo(12_345);
		assertThat(amounts.totalAmount() - before).isCloseTo(0.012345, within(1e-9));
		WireResponse again = send("/words?charge=0.0123456789", payment);
		assertThat(again.bodyText()).isEqualTo(response.bodyText());
		assertThat(receipt(again)).isEqualTo(receipt);
		assertThat(facilitator.settlements()).isEmpty();
	}

	@Test
	void whenNothingIsSaidThenThePriceIsSettled() throws IOException {
		assertThat(receipt(send("/words", payment("/words"))).amount()).isEqualTo(PRICE);
		assertThat(facilitator.settlements()).singleElement()
			.satisfies((message) -> assertAmounts(message, PRICE, PRICE));
	}

	@Test
	void whenNothingIsChargedThenNothingMovesAndManyCanHaveThat() throws IOException {
		for (int i = 0; i < 3; i++) {
			WireResponse response = send("/words?charge=0", payment("/words?charge=0"));
			assertThat(response.status()).isEqualTo(200);
			assertThat(receipt(response).amount()).isEqualTo("0");
			assertThat(receipt(response).transaction()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/words?charge=0.100001", "/words?charge=-0.01", "/words?charge=0.01&charge=0.02" })
	void whenHandlerChargesWronglyThenNothingIsSettled(String target) throws IOException {
		String payment = payment(target);
		WireResponse response = send(target, payment);
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.header("PAYMENT-RESPONSE")).isEmpty();
		assertThat(response.shows("words for")).isFalse();
		assertThat(facilitator.settlements()).isEmpty();
	}

	@Test
	void whenHandlerSetsTheOfficialHeaderThenItChangesNothingAndIsNotReleased() throws IOException {
		WireResponse response = send("/header", payment("/header"));
		assertThat(response.header("Settlement-Overrides")).isEmpty();
		assertThat(receipt(response).amount()).isEqualTo(PRICE);
	}

	@Test
	void whenOutcomeIsUnknownThenWhatWasChargedIsAskedAboutAgain() throws IOException {
		facilitator.failToSettle(2);
		String payment = payment("/words?charge=0.02");
		assertThat(send("/words?charge=0.02", payment).status()).isEqualTo(503);
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(send("/words?charge=0.02", payment).status()).isEqualTo(200));
		WireResponse response = send("/words?charge=0.02", payment);
		assertThat(receipt(response).amount()).isEqualTo("20000");
		assertThat(entry(LedgerEvent.SETTLED, receipt(response).transaction()).amount()).isEqualTo(20_000);
		assertThat(facilitator.settlements()).hasSizeGreaterThan(1)
			.allSatisfy((message) -> assertAmounts(message, PRICE, "20000"));
		assertThat(shop.getBean(Meter.class).runs).hasValue(1);
	}

	@Test
	void whenPaymentNamesNobodyWhoMaySettleThenIsRefused() throws IOException {
		PaymentRequirements offer = offer("/words");
		PaymentRequirements exact = new PaymentRequirements("exact", offer.network(), offer.amount(), offer.asset(),
				offer.payTo(), offer.maxTimeoutSeconds(), Map.of());
		String payment = CODEC.encode(
				new PaymentPayload.V2(2, null, json(offer), SIGNER.sign(exact, Instant.now().plusSeconds(60)), null));
		assertThat(send("/words", "PAYMENT-SIGNATURE: " + payment).status()).isEqualTo(402);
		assertThat(facilitator.verifications()).isEmpty();
	}

	@Test
	void whenAnotherAccountOfTheFacilitatorWasNamedThenIsVerified() throws IOException {
		PaymentRequirements offer = offer("/words");
		String other = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";
		String payment = sign(new PaymentRequirements(offer.scheme(), offer.network(), offer.amount(), offer.asset(),
				offer.payTo(), offer.maxTimeoutSeconds(),
				Map.of("name", "USDC", "version", "2", "assetTransferMethod", "permit2", "facilitatorAddress", other)));
		assertThat(send("/words", payment).status()).isEqualTo(200);
		assertThat(facilitator.verifications()).singleElement()
			.satisfies((message) -> assertThat(
					message.at("/paymentPayload/payload/permit2Authorization/witness/facilitator").asString())
				.isEqualTo(other));
	}

	private static void assertAmounts(JsonNode message, String accepted, String required) {
		assertThat(message.at("/paymentPayload/accepted/amount").asString()).isEqualTo(accepted);
		assertThat(message.at("/paymentRequirements/amount").asString()).isEqualTo(required);
		assertThat(message.at("/paymentPayload/payload/permit2Authorization/permitted/amount").asString())
			.isEqualTo(PRICE);
		assertThat(message.at("/paymentPayload/payload/permit2Authorization/witness/facilitator").asString())
			.isEqualTo(MeteredFacilitator.ADDRESS);
	}

	private static LedgerEntry entry(LedgerEvent event, String transaction) {
		return shop.getBean(PaymentLedger.class)
			.find(LedgerQuery.all(1000))
			.stream()
			.filter((entry) -> entry.event() == event && transaction.equals(entry.transaction()))
			.findFirst()
			.orElseThrow();
	}

	private static PaymentRequirements offer(String target) throws IOException {
		return CODEC.decode(send(target).header("PAYMENT-REQUIRED"), PaymentRequiredDocument.class).accepts().get(0);
	}

	private static String payment(String target) throws IOException {
		return sign(offer(target));
	}

	private static String sign(PaymentRequirements offer) {
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

	private static WireResponse send(String target, String... headerLines) throws IOException {
		int port = Objects.requireNonNull(((ServletWebServerApplicationContext) shop).getWebServer()).getPort();
		try (WireExchange exchange = new WireExchange(port)) {
			return exchange.send("GET", target, headerLines).receive();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Meter.class)
	static class MeteredConfiguration {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

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

		@GetMapping("/header")
		String header(HttpServletResponse response) {
			response.setHeader("Settlement-Overrides", "{\"amount\":\"1\"}");
			return "words";
		}

	}

}
