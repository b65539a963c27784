/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import io.x402.spring.PaymentRequired;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.ProtocolVersion;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Buyers repeat what is declared with their payment, of which 16 levels, 2,048 tokens and
 * names of 64 characters are accepted. No declaration may keep them from paying.
 */
class RepeatedDeclarationTests {

	private static final JsonMapper JSON = new JsonMapper();

	private static ConfigurableApplicationContext shop;

	@BeforeAll
	static void open() {
		shop = new SpringApplicationBuilder(ShopConfiguration.class)
			.properties("server.port=0", "x402.pay-to=0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
					"x402.facilitator.type=simulated", "x402.header-limit=64KB")
			.run();
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	@ParameterizedTest
	@CsvSource({ "/plain, true", "/deep, false", "/wide, false", "/named, false" })
	void whatIsDeclaredCanBeRepeatedWithAPayment(String target, boolean whole) throws Exception {
		String port = shop.getEnvironment().getRequiredProperty("local.server.port");
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + target)).build(),
					HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(402);
		JsonNode challenge = JSON
			.readTree(Base64.getDecoder().decode(response.headers().firstValue("PAYMENT-REQUIRED").orElseThrow()));
		ObjectNode payment = JSON.createObjectNode().put("x402Version", 2);
		payment.set("resource", challenge.get("resource"));
		payment.set("accepted", challenge.at("/accepts/0"));
		payment.putObject("payload").put("signature", "0x");
		payment.set("extensions", challenge.path("extensions"));
		PaymentPayload decoded = new PaymentCodec().decodePayment(ProtocolVersion.V2,
				Base64.getEncoder().encodeToString(JSON.writeValueAsBytes(payment)));
		assertThat(decoded).isNotNull();
		assertThat(challenge.at("/extensions/bazaar/schema").toString().contains("\"text\"")).isEqualTo(whole);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(ShopController.class)
	static class ShopConfiguration {

		@Bean
		SecurityFilterChain openToAll(HttpSecurity security) {
			return security.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll()).build();
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class ShopController {

		@GetMapping("/plain")
		Leaf plain() {
			return new Leaf("");
		}

		@GetMapping("/deep")
		List<List<List<List<List<List<List<List<Leaf>>>>>>>> deep() {
			return List.of();
		}

		@GetMapping("/wide")
		Wide wide() {
			return new Wide(Map.of(), null, null, null, null, null);
		}

		@GetMapping("/named")
		Leaf named(@RequestParam("a-name-that-is-longer-than-the-names-that-are-accepted-in-a-payment") int name) {
			return new Leaf("");
		}

	}

	record Leaf(String text) {

	}

	record Row(Leaf a, Leaf b, Leaf c, Leaf d, Leaf e, Leaf f, Leaf g, Leaf h) {

	}

	record Table(Row a, Row b, Row c, Row d, Row e, Row f, Row g, Row h) {

	}

	record Wide(Map<String, Table> all, Table a, Table b, Table c, Table d, Table e) {

	}

}
