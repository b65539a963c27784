/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

import io.x402.spring.PaymentRequired;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.SettlementOutcome;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Facilitators list what payments declare. They get the seller's own declaration if the
 * buyer repeats one, and never what a buyer has made of it.
 */
class DeclaredToFacilitatorTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private static ConfigurableApplicationContext shop;

	@BeforeAll
	static void open() {
		shop = shop();
	}

	private static ConfigurableApplicationContext shop(String... properties) {
		return new SpringApplicationBuilder(ShopConfiguration.class)
			.properties("server.port=0", "x402.pay-to=0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
					"x402.facilitator.supported.check=false")
			.properties(properties)
			.run();
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	@Test
	void whenABuyerRepeatsTheDeclarationThenTheFacilitatorGetsTheSellers() throws Exception {
		PaymentRequiredDocument challenge = challenge("/goods/bern");
		FacilitatorRequest request = pay("/goods/bern", challenge, challenge.extensions());
		assertThat(request.declared()).isEqualTo(challenge.extensions());
		FacilitatorRequest forged = pay("/goods/bern", challenge, Map.of("bazaar", Map.of("info", "ours now")));
		assertThat(forged.declared()).isEqualTo(challenge.extensions());
	}

	@Test
	void whenABuyerRepeatsNothingThenNothingIsDeclared() throws Exception {
		PaymentRequiredDocument challenge = challenge("/goods/bern");
		assertThat(pay("/goods/bern", challenge, Map.of()).declared()).isEmpty();
		assertThat(pay("/goods/bern", challenge, Map.of("other", Map.of("info", ""))).declared()).isEmpty();
	}

	@Test
	void whenAResourceIsNotToBeListedThenABuyerCannotListIt() throws Exception {
		PaymentRequiredDocument challenge = challenge("/hidden");
		assertThat(challenge.extensions()).isNull();
		assertThat(pay("/hidden", challenge, Map.of("bazaar", Map.of("info", "listed"))).declared()).isEmpty();
	}

	@Test
	void whenTheSellerAlwaysDeclaresThenTheFacilitatorGetsItWithEveryPayment() throws Exception {
		try (ConfigurableApplicationContext always = shop("x402.discovery.always-declare=true")) {
			PaymentRequiredDocument challenge = challenge(always, "/goods/bern");
			assertThat(challenge.extensions()).containsOnlyKeys("bazaar");
			assertThat(pay(always, "/goods/bern", challenge, Map.of()).declared()).isEqualTo(challenge.extensions());
			assertThat(pay(always, "/hidden", challenge(always, "/hidden"), Map.of()).declared()).isEmpty();
		}
	}

	@Test
	void whenTheSellerHasABuilderCodeThenTheFacilitatorGetsItWithTheServicesOfTheBuyer() throws Exception {
		try (ConfigurableApplicationContext builder = shop("x402.discovery.builder-code=bern_shop")) {
			PaymentRequiredDocument challenge = challenge(builder, "/goods/bern");
			assertThat(challenge.extensions()).extractingByKey("builder-code")
				.extracting("info")
				.isEqualTo(Map.of("a", "bern_shop"));
			assertThat(pay(builder, "/goods/bern", challenge, Map.of()).declared())
				.isEqualTo(Map.of("builder-code", Map.of("info", Map.of("a", "bern_shop"))));
			assertThat(pay(builder, "/goods/bern", challenge,
					builderCode(Map.of("a", "another_shop", "w", "wallet", "s",
							List.of("agent", "agent", "UPPER", 7, "b", "c", "d", "e", "f"))))
				.declared())
				.isEqualTo(Map.of("builder-code",
						Map.of("info", Map.of("a", "bern_shop", "s", List.of("agent", "b", "c", "d", "e")))));
		}
	}

	@Test
	void whenTheSellerHasNoBuilderCodeThenABuyerCannotInventIt() throws Exception {
		PaymentRequiredDocument challenge = challenge("/goods/bern");
		assertThat(pay("/goods/bern", challenge, builderCode(Map.of("a", "another_shop"))).declared()).isEmpty();
	}

	private static Map<String, Object> builderCode(Map<String, Object> info) {
		return Map.of("builder-code", Map.of("info", info));
	}

	private static PaymentRequiredDocument challenge(String target) throws Exception {
		return challenge(shop, target);
	}

	private static PaymentRequiredDocument challenge(ConfigurableApplicationContext shop, String target)
			throws Exception {
		return Buyer.document(send(shop, target, Map.of()).headers());
	}

	private static FacilitatorRequest pay(String target, PaymentRequiredDocument challenge,
			Map<String, Object> extensions) throws Exception {
		return pay(shop, target, challenge, extensions);
	}

	private static FacilitatorRequest pay(ConfigurableApplicationContext shop, String target,
			PaymentRequiredDocument challenge, Map<String, Object> extensions) throws Exception {
		String payment = new Buyer().pay(challenge.accepts().get(0), extensions);
		assertThat(send(shop, target, Map.of("PAYMENT-SIGNATURE", payment)).statusCode()).isEqualTo(200);
		List<FacilitatorRequest> verifications = shop.getBean(FacilitatorDouble.class).verifications();
		return verifications.get(verifications.size() - 1);
	}

	private static HttpResponse<String> send(ConfigurableApplicationContext shop, String target,
			Map<String, String> headers) throws Exception {
		String port = shop.getEnvironment().getRequiredProperty("local.server.port");
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + target));
		headers.forEach(request::header);
		return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(ShopController.class)
	static class ShopConfiguration {

		@Bean
		SecurityFilterChain openToAll(HttpSecurity security) {
			return security.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll()).build();
		}

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble().settling((request) -> new SettlementOutcome.Settled(
					SettlementResponse.success(((EvmPayload.Eip3009) request.signed()).nonce(),
							request.requirements().network(), request.payer())));
		}

	}

	@RestController
	static class ShopController {

		@GetMapping("/goods/{city}")
		@PaymentRequired(price = "$0.01")
		String goods(@PathVariable String city) {
			return city;
		}

		@GetMapping("/hidden")
		@PaymentRequired(price = "$0.01", discoverable = false)
		String hidden() {
			return "hidden";
		}

	}

}
