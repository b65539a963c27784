/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What WebFlux makes of the headers of a request: identifiers of payments, proxies, and
 * clients that are limited.
 */
class WebFluxRequestTests {

	private static final String GOODS = "/goods";

	private static String url(WireResponse unpaid) {
		return new PaymentCodec().decode(unpaid.header("PAYMENT-REQUIRED"), PaymentRequiredDocument.class)
			.resource()
			.url();
	}

	@Test
	void whenIdentifiersAreAskedForThenOneIdentifierIsChargedOnce() throws IOException {
		try (WebFluxShop shop = WebFluxShop.open(WebFluxGoods.class, "x402.redelivery.payment-identifier=required")) {
			String document = new String(Base64.getDecoder().decode(shop.send("GET", GOODS).header("PAYMENT-REQUIRED")),
					StandardCharsets.UTF_8);
			assertThat(document).contains("\"payment-identifier\"").contains("\"required\":true");
			assertThat(shop.pay(GOODS, shop.payment(GOODS)).json().path("code").asString())
				.isEqualTo("payment_identifier_required");
			Script script = shop.scriptOthers(SettleBehaviour.SETTLED);
			String first = identified(shop, "identifier-number-1");
			assertThat(shop.send("GET", GOODS, first).bodyText()).isEqualTo("goods-1");
			WireResponse other = shop.send("GET", GOODS, identified(shop, "identifier-number-1"));
			assertThat(other.json().path("code").asString()).isEqualTo("payment_identifier_conflict");
			WireResponse again = shop.send("GET", GOODS, first);
			assertThat(again.bodyText()).isEqualTo("goods-1");
			assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
			assertThat(script.settlements()).isOne();
			assertThat(shop.send("GET", GOODS, identified(shop, "identifier-number-2")).bodyText())
				.isEqualTo("goods-2");
		}
	}

	private static String identified(WebFluxShop shop, String identifier) throws IOException {
		return "PAYMENT-SIGNATURE: " + shop.buyer()
			.pay(shop.offer(GOODS), Map.of("payment-identifier", Map.of("info", Map.of("id", identifier))));
	}

	@Test
	void whenProxiesAreTrustedThenTheUrlIsThePublicOneAndTheClientThatOfTheConnection() throws IOException {
		try (WebFluxShop shop = WebFluxShop.open(WebFluxGoods.class, "server.forward-headers-strategy=framework",
				"x402.rate-limits.unpaid-per-client=4")) {
			WireResponse unpaid = shop.send("GET", "/goods?a=b", "X-Forwarded-Proto: https",
					"X-Forwarded-Host: shop.example", "X-Forwarded-Port: 443", "X-Forwarded-Prefix: /api");
			assertThat(url(unpaid)).isEqualTo("https://shop.example/api/goods?a=b");
			for (int i = 1; i <= 3; i++) {
				assertThat(forged(shop, "X-Forwarded-For", i).status()).isEqualTo(402);
			}
			WireResponse limited = forged(shop, "X-Forwarded-For", 4);
			assertThat(limited.status()).isEqualTo(429);
			assertThat(limited.header("Retry-After")).isNotEmpty();
			assertThat(limited.headers("PAYMENT-REQUIRED")).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "X-Forwarded-For", "Forwarded", "X-Real-IP" })
	void whenAClientForgesItsAddressThenItIsTheSameClient(String header) throws IOException {
		try (WebFluxShop shop = WebFluxShop.open(WebFluxGoods.class, "x402.rate-limits.unpaid-per-client=4",
				"x402.rate-limits.invalid-per-client=3")) {
			int challenged = 0;
			for (int i = 1; i <= 8; i++) {
				challenged += (forged(shop, header, i).status() == 402) ? 1 : 0;
			}
			assertThat(challenged).isEqualTo(4);
			for (int i = 1; i <= 3; i++) {
				assertThat(shop.send("GET", GOODS, "PAYMENT-SIGNATURE: garbage").status()).isEqualTo(402);
			}
			assertThat(shop.send("GET", GOODS, "PAYMENT-SIGNATURE: garbage").status()).isEqualTo(429);
			assertThat(shop.send("GET", "/free").bodyText()).isEqualTo("free");
		}
	}

	private static WireResponse forged(WebFluxShop shop, String header, int number) throws IOException {
		String address = "192.0.2." + number;
		return shop.send("GET", GOODS, header + ": " + ("Forwarded".equals(header) ? "for=" + address : address));
	}

}
