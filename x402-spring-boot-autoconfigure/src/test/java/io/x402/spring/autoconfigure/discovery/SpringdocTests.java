/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.discovery;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.x402.spring.AccessPass;
import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The description that springdoc makes of an application that sells something.
 */
@EnabledIfSystemProperty(named = "tests.springdoc", matches = "true")
class SpringdocTests {

	private static ConfigurableApplicationContext shop;

	private static JsonNode document;

	@BeforeAll
	static void open() throws Exception {
		shop = new SpringApplicationBuilder(ShopConfiguration.class).run("--server.port=0",
				"--x402.pay-to=0x209693Bc6afc0C5328bA36FaF03C514EF312287C", "--x402.facilitator.type=simulated",
				"--x402.base-url=https://shop.example/api", "--x402.routes[0].path=/routed",
				"--x402.routes[0].price=$0.03", "--x402.routes[1].path=/functional/{id}",
				"--x402.routes[1].price=$0.04", "--x402.routes[1].description=Functional",
				"--x402.routes[2].path=/partly", "--x402.routes[2].method=POST", "--x402.routes[2].price=$0.06",
				"--x402.routes[3].path=/unlisted", "--x402.routes[3].price=$0.07",
				"--x402.routes[3].discoverable=false", "--x402.routes[4].path=/many/**",
				"--x402.routes[4].price=$0.08");
		String port = shop.getEnvironment().getRequiredProperty("local.server.port");
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/v3/api-docs")).build(),
					HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		document = new JsonMapper().readTree(response.body());
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	private static JsonNode operation(String path, String method) {
		JsonNode operation = document.path("paths").path(path).path(method);
		assertThat(operation.isObject()).as(path).isTrue();
		return operation;
	}

	@Test
	void argumentsThatTheStarterProvidesAreNoParameters() {
		JsonNode parameters = operation("/weather", "get").path("parameters");
		assertThat(parameters).hasSize(1);
		assertThat(parameters.path(0).path("name").asString()).isEqualTo("city");
		JsonNode ask = operation("/ask", "post");
		assertThat(ask.path("parameters").isMissingNode()).isTrue();
		assertThat(ask.path("requestBody").toString()).doesNotContain("VerifiedPayment", "AccessPass");
	}

	@Test
	void paidOperationsHaveTheirPriceAndA402Response() {
		JsonNode weather = operation("/weather", "get");
		assertThat(weather.path("x-payment-info").path("pricingMode").asString()).isEqualTo("fixed");
		assertThat(weather.path("x-payment-info").path("price").asString()).isEqualTo("0.05");
		assertThat(weather.path("x-payment-info").path("protocols").path(0).asString()).isEqualTo("x402");
		assertThat(weather.path("x-payment-info").path("offers").path(0).path("amount").asString()).isEqualTo("50000");
		assertThat(weather.path("responses").path("402").path("headers").has("PAYMENT-REQUIRED")).isTrue();
		assertThat(weather.path("responses").path("200").path("headers").has("PAYMENT-RESPONSE")).isTrue();
		assertThat(operation("/routed", "get").path("x-payment-info").path("price").asString()).isEqualTo("0.03");
	}

	@Test
	void functionalEndpointsThatRoutesPriceAreOperations() {
		JsonNode functional = operation("/functional/{id}", "get");
		assertThat(functional.path("summary").asString()).isEqualTo("Functional");
		assertThat(functional.path("x-payment-info").path("price").asString()).isEqualTo("0.04");
		assertThat(functional.path("parameters")).hasSize(1);
		assertThat(functional.path("parameters").path(0).path("name").asString()).isEqualTo("id");
		assertThat(functional.path("parameters").path(0).path("required").asBoolean()).isTrue();
		assertThat(functional.path("responses").path("402").path("headers").has("PAYMENT-REQUIRED")).isTrue();
		assertThat(functional.path("responses").path("200").path("headers").has("PAYMENT-RESPONSE")).isTrue();
		assertThat(document.path("paths").has("/unlisted")).isFalse();
		assertThat(document.path("paths").toString()).doesNotContain("/many");
	}

	@Test
	void whatARoutePricesInPartHasItsPriceThere() {
		assertThat(operation("/partly", "post").path("x-payment-info").path("price").asString()).isEqualTo("0.06");
		assertThat(operation("/partly", "post").path("operationId").asString()).startsWith("partly");
		assertThat(operation("/partly", "get").has("x-payment-info")).isFalse();
	}

	/**
	 * A reference to it would tell readers of an account that is needed.
	 */
	@Test
	void thePaymentIsASecuritySchemeThatNoOperationRefersTo() {
		JsonNode scheme = document.path("components").path("securitySchemes").path("x402");
		assertThat(scheme.path("type").asString()).isEqualTo("apiKey");
		assertThat(scheme.path("in").asString()).isEqualTo("header");
		assertThat(scheme.path("name").asString()).isEqualTo("PAYMENT-SIGNATURE");
		assertThat(document.path("paths").toString()).doesNotContain("\"security\"");
		assertThat(document.has("security")).isFalse();
	}

	@Test
	void whatIsNotDiscoverableHasNoPriceToBeFound() {
		JsonNode hidden = operation("/hidden", "get");
		assertThat(hidden.has("x-payment-info")).isFalse();
		assertThat(hidden.path("responses").has("402")).isTrue();
	}

	@Test
	void freeOperationsAreAsSpringdocHasThem() {
		JsonNode free = operation("/free", "get");
		assertThat(free.has("x-payment-info")).isFalse();
		assertThat(free.path("responses").has("402")).isFalse();
	}

	@Test
	void serversAreThePublicUrl() {
		assertThat(document.path("servers")).hasSize(1);
		assertThat(document.path("servers").path(0).path("url").asString()).isEqualTo("https://shop.example/api");
	}

	/**
	 * Those that a type does not permit are left out.
	 */
	@Test
	void examplesOfItsAnnotationsAreDeclaredToCatalogues() throws Exception {
		assertThat(declared("/weather").path("input").path("queryParams").path("city").asString()).isEqualTo("Lisbon");
		JsonNode filter = declared("/filter").path("input").path("queryParams");
		assertThat(filter.path("harbour").asString()).isEqualTo("Belém");
		assertThat(filter.path("days").asInt()).isEqualTo(40);
		assertThat(filter.has("tides")).isFalse();
	}

	private static JsonNode declared(String path) throws Exception {
		String port = shop.getEnvironment().getRequiredProperty("local.server.port");
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
					HttpResponse.BodyHandlers.ofString());
		byte[] document = Base64.getDecoder().decode(response.headers().firstValue("PAYMENT-REQUIRED").orElseThrow());
		return new JsonMapper().readTree(document).path("extensions").path("bazaar").path("info");
	}

	record Question(String text) {

	}

	record Filter(@Schema(example = "Belém") String harbour, @Schema(example = "40") Integer days,
			@Schema(example = "three") Integer tides) {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(ShopController.class)
	static class ShopConfiguration {

		@Bean
		RouterFunction<ServerResponse> functional() {
			return RouterFunctions.route()
				.GET("/functional/{id}", (request) -> ServerResponse.ok().build())
				.GET("/unlisted", (request) -> ServerResponse.ok().build())
				.build();
		}

		@Bean
		SecurityFilterChain openToAll(HttpSecurity security) {
			return security.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll()).build();
		}

	}

	@RestController
	static class ShopController {

		@PaymentRequired(price = "$0.05")
		@GetMapping("/weather")
		String weather(@Parameter(example = "Lisbon") @RequestParam String city, VerifiedPayment payment,
				@Nullable AccessPass pass) {
			return city;
		}

		@PaymentRequired(price = "$0.05")
		@PostMapping("/ask")
		String ask(@RequestBody Question question, VerifiedPayment payment) {
			return question.text();
		}

		@PaymentRequired(price = "$0.05")
		@GetMapping("/filter")
		String filter(Filter filter) {
			return filter.harbour();
		}

		@PaymentRequired(price = "$0.05", discoverable = false)
		@GetMapping("/hidden")
		String hidden() {
			return "hidden";
		}

		@RequestMapping(path = "/partly", method = { RequestMethod.GET, RequestMethod.POST })
		String partly() {
			return "partly";
		}

		@GetMapping("/routed")
		String routed() {
			return "routed";
		}

		@GetMapping("/free")
		String free() {
			return "free";
		}

	}

}
