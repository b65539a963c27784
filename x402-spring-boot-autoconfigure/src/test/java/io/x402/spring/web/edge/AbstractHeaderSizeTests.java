/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;

import io.x402.spring.PaymentRequired;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Payments and offers of the sizes that occur pass the servers, and larger ones get an
 * answer that a program can read.
 */
abstract class AbstractHeaderSizeTests {

	static final String SMALL_BUDGET = "x402.header-limit=6KB";

	static final String LARGE_BUDGET = "x402.header-limit=24KB";

	@TestPropertySource(properties = { Container.PAY_TO, "x402.base-url=https://api.example.com",
			"x402.routes[0].path=/many", "x402.routes[0].price=0.05",
			"x402.routes[0].description=Everything that can be paid for everywhere",
			"x402.routes[0].network=base,base-sepolia,ethereum,avalanche,monad,stable,stable-testnet,polygon,"
					+ "arbitrum-one,arbitrum-sepolia,mezo,mezo-testnet,radius,radius-testnet,adi-chain,hpp,hpp-sepolia,"
					+ "xdc,xdc-apothem,igra,flare,celo,celo-sepolia,sei,sei-testnet,abstract,abstract-testnet,"
					+ "avalanche-fuji,iotex,polygon-amoy,peaq,story,educhain,skale-base-sepolia" })
	abstract static class Sizes {

		@LocalServerPort
		private int port;

		@Autowired
		private FacilitatorDouble facilitator;

		private Http http;

		@BeforeEach
		void connect() {
			this.http = new Http(this.port);
		}

		Http http() {
			return this.http;
		}

		@ParameterizedTest
		@ValueSource(ints = { 7, 8, 15 })
		void whenPaymentHasTheSizeThatOccursThenIsTaken(int kilobytes) throws IOException, InterruptedException {
			String payment = payment(kilobytes);
			assertThat(payment.length()).isBetween(kilobytes * 1024 - 200, kilobytes * 1024);
			HttpResponse<String> answer = this.http.get("/sold", "PAYMENT-SIGNATURE", payment);
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(answer.body()).isEqualTo("goods");
		}

		@Test
		void whenPaymentIsTooLargeThenSaysSo() throws IOException, InterruptedException {
			int verifiedBefore = this.facilitator.verified();
			HttpResponse<String> answer = this.http.get("/sold", "PAYMENT-SIGNATURE", payment(17));
			assertThat(answer.statusCode()).isEqualTo(402);
			JsonNode body = new JsonMapper().readTree(answer.body());
			assertThat(body.path("code").asString()).isEqualTo("payment_header_too_large");
			assertThat(body.path("accepts")).isNotEmpty();
			assertThat(Buyer.offers(answer.headers())).hasSize(1);
			assertThat(this.facilitator.verified()).isEqualTo(verifiedBefore);
		}

		private String payment(int kilobytes) throws IOException, InterruptedException {
			PaymentRequirements offer = Buyer.offers(this.http.get("/sold").headers()).get(0);
			Buyer buyer = new Buyer();
			int bare = buyer.pay(offer, Map.of()).length();
			int missing = (kilobytes * 1024 - bare) * 3 / 4 - 40;
			Map<String, Object> extensions = new LinkedHashMap<>();
			for (int i = 0; missing > 0; i++) {
				int length = Math.min(missing, 1000);
				extensions.put("echo" + i, "x".repeat(length));
				missing -= length + 11;
			}
			return buyer.pay(offer, Map.of("echo", extensions));
		}

	}

	abstract static class LargeBudget extends Sizes {

		@Test
		void whenBudgetIsRaisedThenChallengeIsWhole() throws IOException, InterruptedException {
			HttpResponse<String> answer = http().get("/many?city=Z%C3%BCrich");
			assertThat(answer.statusCode()).isEqualTo(402);
			assertThat(answer.headers().firstValue("PAYMENT-REQUIRED").orElseThrow()).hasSizeGreaterThan(8192);
			assertThat(Buyer.offers(answer.headers())).hasSize(34);
			assertThat(Buyer.document(answer.headers()).resource().url())
				.isEqualTo("https://api.example.com/many?city=Z%C3%BCrich");
			assertThat(Buyer.document(answer.headers()).resource().description()).isNotNull();
		}

	}

	abstract static class SmallBudget extends Sizes {

		@Test
		void whenChallengeIsLargerThanBudgetThenHeaderIsTrimmedAndBodyIsWhole()
				throws IOException, InterruptedException {
			HttpResponse<String> answer = http().get("/many?city=Z%C3%BCrich");
			assertThat(answer.statusCode()).isEqualTo(402);
			String header = answer.headers().firstValue("PAYMENT-REQUIRED").orElseThrow();
			assertThat(header.length()).isLessThanOrEqualTo(6144).isGreaterThan(5500);
			assertThat(Buyer.document(answer.headers()).resource().description()).isNull();
			assertThat(Buyer.document(answer.headers()).resource().url()).endsWith("/many");
			int offers = Buyer.offers(answer.headers()).size();
			JsonNode body = new JsonMapper().readTree(answer.body());
			assertThat(body.path("accepts").size()).isEqualTo(15);
			assertThat(offers).isBetween(10, 30);
			assertThat(body.path("accepts")).allSatisfy((offer) -> {
				assertThat(offer.path("resource").asString()).endsWith("/many?city=Z%C3%BCrich");
				assertThat(offer.path("description").asString()).isNotEmpty();
			});
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Controllers.class)
	static class Shop {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

	}

	@RestController
	static class Controllers {

		@PaymentRequired(price = "0.01")
		@GetMapping("/sold")
		String sold() {
			return "goods";
		}

		@GetMapping("/many")
		String many() {
			return "goods";
		}

	}

}
