/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The declaration that a 402 response carries, for ten kinds of handlers.
 */
class DeclarationTests {

	private static final JsonMapper MAPPER = new JsonMapper();

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private static ConfigurableApplicationContext shop;

	@BeforeAll
	static void open() {
		shop = start();
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	private static ConfigurableApplicationContext start(String... properties) {
		return new SpringApplicationBuilder(Shop.class)
			.properties("server.port=0", "x402.pay-to=0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
					"x402.facilitator.type=simulated", "x402.discovery.service-name=Forecasts",
					"x402.discovery.tags=weather,forecast", "x402.discovery.icon-url=https://shop.example/icon.png",
					"x402.routes[0].path=/routed/**", "x402.routes[0].price=0.01", "x402.routes[1].path=/function/**",
					"x402.routes[1].price=0.01", "x402.routes[2].path=/hidden-route", "x402.routes[2].price=0.01",
					"x402.routes[2].discoverable=false")
			.properties(properties)
			.run();
	}

	@ParameterizedTest
	@CsvSource({ "path variables, GET, /forecast/zurich/3", "query parameters, GET, /search",
			"query record, GET, /filter", "JSON body, POST, /ask", "form, POST, /form", "multipart, POST, /upload",
			"file, GET, /file", "stream, GET, /stream", "functional, GET, /function/hello",
			"YAML route, GET, /routed/goods", "POST with consumes, POST, /strict", "two methods, PUT, /both" })
	void handlerIsDescribed(String kind, String method, String path) throws Exception {
		JsonNode block = block(shop, method, path);
		Catalogue.assertThatTakes(block);
		assertThat(block).isEqualTo(expected().path(kind));
	}

	@Test
	void whenPathVariablesDifferThenEachRequestDeclaresItsOwn() throws Exception {
		for (String city : List.of("bern", "b%22%7B%7D", "z%C3%BCrich", "bern")) {
			JsonNode block = block(shop, "GET", "/forecast/" + city + "/3");
			assertThat(block.path("info").path("input").path("pathParams").path("city").asString())
				.isEqualTo(URLDecoder.decode(city, StandardCharsets.UTF_8));
			assertThat(block.path("routeTemplate").asString()).isEqualTo("/forecast/:city/:days");
			Catalogue.assertThatTakes(block);
		}
	}

	@Test
	void whenMethodHasTwoMappingsThenEachIsDeclared() throws Exception {
		assertThat(block(shop, "GET", "/first/7").path("routeTemplate").asString()).isEqualTo("/first/:id");
		assertThat(block(shop, "GET", "/second/7").path("routeTemplate").asString()).isEqualTo("/second/:id");
		assertThat(block(shop, "GET", "/first/8").path("routeTemplate").asString()).isEqualTo("/first/:id");
		assertThat(block(shop, "GET", "/both").path("info").path("input").path("method").asString()).isEqualTo("GET");
	}

	@Test
	void serviceIsPartOfTheResource() throws Exception {
		JsonNode resource = header(shop, "GET", "/search").path("resource");
		assertThat(resource.path("serviceName").asString()).isEqualTo("Forecasts");
		assertThat(resource.path("tags")).hasSize(2);
		assertThat(resource.path("iconUrl").asString()).isEqualTo("https://shop.example/icon.png");
	}

	@Test
	void legacyOffersHaveAnOutputSchema() throws Exception {
		JsonNode schema = MAPPER.readTree(send(shop, "POST", "/ask").body())
			.path("accepts")
			.path(0)
			.path("outputSchema");
		assertThat(schema.path("input").path("method").asString()).isEqualTo("POST");
		assertThat(schema.path("input").path("bodyFields").path("question").path("required").asBoolean()).isTrue();
		assertThat(schema.path("output").path("properties").has("text")).isTrue();
	}

	@Test
	void whenHandlerOptsOutThenIsNotDeclared() throws Exception {
		assertThat(header(shop, "GET", "/hidden").path("extensions").has("bazaar")).isFalse();
		assertThat(header(shop, "GET", "/hidden-route").path("extensions").has("bazaar")).isFalse();
		assertThat(send(shop, "GET", "/hidden").body()).doesNotContain("outputSchema");
	}

	@Test
	void whenDiscoveryIsDisabledThenNothingIsDeclared() throws Exception {
		try (ConfigurableApplicationContext silent = start("x402.discovery.enabled=false")) {
			assertThat(header(silent, "GET", "/search").path("extensions").has("bazaar")).isFalse();
		}
	}

	@Test
	void whenHeaderIsShortThenDeclarationIsMinimalOrAbsent() throws Exception {
		try (ConfigurableApplicationContext tight = start("x402.header-limit=1700B")) {
			JsonNode block = block(tight, "GET", "/search");
			assertThat(block.path("schema").path("properties").path("input").path("properties").path("queryParams"))
				.isEqualTo(MAPPER.readTree("{\"type\":\"object\"}"));
			Catalogue.assertThatTakes(block);
		}
		try (ConfigurableApplicationContext tiny = start("x402.header-limit=1KB")) {
			assertThat(header(tiny, "GET", "/search").path("extensions").has("bazaar")).isFalse();
		}
	}

	@Test
	void whenApplicationHasAContextPathThenTemplateBeginsWithIt() throws Exception {
		try (ConfigurableApplicationContext mounted = start("server.servlet.context-path=/shop")) {
			assertThat(block(mounted, "GET", "/shop/first/7").path("routeTemplate").asString())
				.isEqualTo("/shop/first/:id");
		}
	}

	@Test
	void whenDocumentsAreServedThenTheyListWhatIsPaid() throws Exception {
		try (ConfigurableApplicationContext listed = start("x402.discovery.documents=true",
				"x402.base-url=https://shop.example/api")) {
			JsonNode wellKnown = MAPPER.readTree(send(listed, "GET", "/.well-known/x402").body());
			assertThat(wellKnown.path("version").asInt()).isOne();
			assertThat(wellKnown.path("resources").toString())
				.contains("\"https://shop.example/api/search\"", "\"https://shop.example/api/forecast/city/days\"")
				.doesNotContain("hidden", "*");
			JsonNode openApi = MAPPER.readTree(send(listed, "GET", "/openapi.json").body());
			assertThat(openApi.path("servers").path(0).path("url").asString()).isEqualTo("https://shop.example/api");
			JsonNode ask = openApi.path("paths").path("/ask").path("post");
			assertThat(ask.path("responses").has("402")).isTrue();
			assertThat(ask.path("x-payment-info").path("price").asString()).isEqualTo("0.05");
			assertThat(ask.path("x-payment-info").path("offers").path(0).path("amount").asString()).isEqualTo("50000");
			assertThat(ask.path("requestBody").path("content").path("application/json").path("schema").path("required"))
				.hasSize(1);
			JsonNode forecast = openApi.path("paths").path("/forecast/{city}/{days}").path("get");
			assertThat(forecast.path("parameters")).hasSize(2);
		}
		assertThat(send(shop, "GET", "/openapi.json").statusCode()).isEqualTo(404);
	}

	private static JsonNode expected() throws IOException {
		try (InputStream file = DeclarationTests.class.getResourceAsStream("/discovery/declarations.json")) {
			return MAPPER.readTree(file);
		}
	}

	private static JsonNode block(ConfigurableApplicationContext application, String method, String path)
			throws Exception {
		return header(application, method, path).path("extensions").path("bazaar");
	}

	private static JsonNode header(ConfigurableApplicationContext application, String method, String path)
			throws Exception {
		HttpResponse<String> response = send(application, method, path);
		assertThat(response.statusCode()).isEqualTo(402);
		return MAPPER
			.readTree(Base64.getDecoder().decode(response.headers().firstValue("PAYMENT-REQUIRED").orElseThrow()));
	}

	private static HttpResponse<String> send(ConfigurableApplicationContext application, String method, String path)
			throws Exception {
		String port = application.getEnvironment().getProperty("local.server.port");
		return CLIENT.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
			.method(method, HttpRequest.BodyPublishers.noBody())
			.build(), HttpResponse.BodyHandlers.ofString());
	}

	record Answer(String text, @NotNull Integer confidence, List<Answer> further) {

	}

	record Question(@NotBlank String question, @Min(1) @Max(9) int depth, @JsonProperty("lang") Language language,
			@Pattern(regexp = "[a-z]+") @Size(max = 20) String topic) {

	}

	record Filter(@NotNull @Size(min = 2, max = 40) String city, Optional<Integer> page) {

	}

	enum Language {

		EN, DE

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = {
			"org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration" })
	static class Shop {

		@Bean
		Goods goods() {
			return new Goods();
		}

		@Bean
		Routed routed() {
			return new Routed();
		}

		@Bean
		RouterFunction<ServerResponse> function() {
			return RouterFunctions.route()
				.GET("/function/{name}", (request) -> ServerResponse.ok().body("hello"))
				.build();
		}

	}

	@RestController
	@PaymentRequired(price = "$0.05")
	static class Goods {

		@GetMapping("/forecast/{city}/{days:\\d+}")
		ResponseEntity<Answer> forecast(@PathVariable String city, @PathVariable int days, VerifiedPayment payment) {
			return ResponseEntity.ok(new Answer(city, days, List.of()));
		}

		@GetMapping("/search")
		List<Answer> search(@RequestParam @Size(min = 2) String q, @RequestParam(defaultValue = "10") @Max(50) int size,
				@RequestParam(required = false) Language language, Optional<VerifiedPayment> payment) {
			return List.of();
		}

		@GetMapping("/filter")
		Answer filter(Filter filter) {
			return new Answer(filter.city(), 1, List.of());
		}

		@PostMapping("/ask")
		Answer ask(@RequestBody Question question) {
			return new Answer(question.question(), 1, List.of());
		}

		@PostMapping(path = "/form", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
		String form(@RequestParam String name, @RequestParam(required = false) Integer age) {
			return name;
		}

		@PostMapping("/upload")
		Map<String, Object> upload(@RequestParam MultipartFile file, @RequestParam String title) {
			return Map.of("title", title);
		}

		@GetMapping("/file")
		Resource file() {
			return new ByteArrayResource(new byte[0]);
		}

		@GetMapping(path = "/stream", produces = MediaType.TEXT_PLAIN_VALUE)
		StreamingResponseBody stream() {
			return (output) -> {
			};
		}

		@PostMapping(path = "/strict", consumes = MediaType.APPLICATION_JSON_VALUE, params = "!nothing")
		Answer strict(@RequestBody Question question) {
			return new Answer(question.question(), 1, List.of());
		}

		@RequestMapping(path = "/both", method = { RequestMethod.GET, RequestMethod.PUT })
		Answer both(@RequestParam(required = false) String q) {
			return new Answer(q, 1, List.of());
		}

		@GetMapping({ "/first/{id}", "/second/{id}" })
		Answer twice(@PathVariable String id) {
			return new Answer(id, 1, List.of());
		}

		@PaymentRequired(price = "$0.05", discoverable = false)
		@GetMapping("/hidden")
		String hidden() {
			return "hidden";
		}

	}

	@RestController
	static class Routed {

		@GetMapping("/routed/{name}")
		Answer routed(@PathVariable String name) {
			return new Answer(name, 1, List.of());
		}

		@GetMapping("/hidden-route")
		String hidden() {
			return "hidden";
		}

	}

}
