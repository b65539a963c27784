/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.x402.spring.PaymentRequired;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
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
 * The seller sees what the catalogue of its facilitator has made of its declarations, and
 * the buyer does not.
 */
@ExtendWith(OutputCaptureExtension.class)
class ListingTests {

	private static final String ROUTE = "GET /goods/:city";

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private final AtomicInteger transactions = new AtomicInteger();

	private volatile String responses = "";

	private HttpServer facilitator;

	private ConfigurableApplicationContext shop;

	@BeforeEach
	void open() throws IOException {
		this.facilitator = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.facilitator.createContext("/verify", (exchange) -> respond(exchange, "{\"isValid\":true}"));
		this.facilitator.createContext("/settle", (exchange) -> respond(exchange, """
				{"success":true,"network":"eip155:84532","transaction":"0x%064x"}"""
			.formatted(this.transactions.incrementAndGet())));
		this.facilitator.start();
		this.shop = new SpringApplicationBuilder(ShopConfiguration.class)
			.properties("server.port=0", "x402.pay-to=0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
					"x402.facilitator.supported.check=false",
					"x402.facilitator.url=http://localhost:" + this.facilitator.getAddress().getPort())
			.run();
	}

	@AfterEach
	void close() {
		this.shop.close();
		this.facilitator.stop(0);
	}

	private void respond(HttpExchange exchange, String body) throws IOException {
		exchange.getRequestBody().readAllBytes();
		if (!this.responses.isEmpty()) {
			exchange.getResponseHeaders().set("EXTENSION-RESPONSES", this.responses);
		}
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		exchange.sendResponseHeaders(200, bytes.length);
		exchange.getResponseBody().write(bytes);
		exchange.close();
	}

	@Test
	void whenTheCatalogueAcceptsThenTheSellerSeesItOnce(CapturedOutput output) throws Exception {
		this.responses = encoded("{\"bazaar\":{\"status\":\"accepted\"}}");
		HttpResponse<String> response = pay("/goods/bern", true);
		pay("/goods/basel", true);
		assertThat(count("accepted")).isEqualTo(4);
		assertThat(listings()).isEqualTo(Map.of(ROUTE, "accepted"));
		assertThat(output.getOut().split("lists GET /goods/:city", -1)).hasSize(2);
		assertThat(response.headers().firstValue("EXTENSION-RESPONSES")).isEmpty();
		String receipt = new String(
				Base64.getDecoder().decode(response.headers().firstValue("PAYMENT-RESPONSE").orElseThrow()),
				StandardCharsets.UTF_8);
		assertThat(receipt).contains("\"success\":true").doesNotContain("accepted", "bazaar", "xtension");
	}

	@Test
	void whenTheCatalogueRejectsThenTheSellerSeesWhyOnOneLine(CapturedOutput output) throws Exception {
		String secret = "s3cr3t".repeat(12);
		this.responses = encoded("{\"bazaar\":{\"status\":\"rejected\",\"rejectedReason\":\"invalid\\r\\nERROR forged "
				+ secret + " " + "long ".repeat(100) + "\"}}");
		assertThat(pay("/goods/bern", true).statusCode()).isEqualTo(200);
		assertThat(count("rejected")).isEqualTo(2);
		assertThat(listings().toString()).startsWith("{" + ROUTE + "=rejected: invalid ERROR forged [...] long")
			.hasSizeLessThan(260);
		assertThat(output.getOut()).contains("does not list " + ROUTE + ": invalid ERROR forged [...] long")
			.doesNotContain(secret, "\nERROR forged");
		this.responses = encoded("{\"bazaar\":{\"status\":\"accepted\"}}");
		pay("/goods/bern", true);
		assertThat(listings()).isEqualTo(Map.of(ROUTE, "accepted"));
	}

	@Test
	void whenTheCatalogueChangesItsMindWithEachCallThenTheLogIsBounded(CapturedOutput output) throws Exception {
		for (int i = 0; i < 15; i++) {
			this.responses = encoded("{\"bazaar\":{\"status\":\"rejected\",\"rejectedReason\":\"reason " + i + "\"}}");
			pay("/goods/bern", true);
		}
		assertThat(output.getOut().split("does not list", -1).length).isLessThanOrEqualTo(11);
		assertThat(listings()).isEqualTo(Map.of(ROUTE, "rejected: reason 14"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "garbage!", "bnVsbA==", "W10=", "e30=", "eyJiYXphYXIiOm51bGx9",
			"eyJiYXphYXIiOnsic3RhdHVzIjoxfX0=" })
	void whenTheHeaderCannotBeReadThenThePaymentIsSettled(String header) throws Exception {
		this.responses = header;
		assertThat(pay("/goods/bern", true).statusCode()).isEqualTo(200);
		assertThat(details()).doesNotContainKey("listings");
	}

	@Test
	void whenTheBuyerRepeatsNothingThenNothingIsListed() throws Exception {
		this.responses = encoded("{\"bazaar\":{\"status\":\"accepted\"}}");
		assertThat(pay("/goods/bern", false).statusCode()).isEqualTo(200);
		assertThat(details()).doesNotContainKey("listings");
	}

	private double count(String status) {
		return this.shop.getBean(MeterRegistry.class)
			.find("x402.catalogue.listings")
			.tags("route", ROUTE, "status", status.toLowerCase(Locale.ROOT))
			.counters()
			.stream()
			.mapToDouble(Counter::count)
			.sum();
	}

	private Object listings() {
		return details().get("listings");
	}

	private Map<String, Object> details() {
		HealthIndicator indicator = this.shop.getBean("x402HealthIndicator", HealthIndicator.class);
		assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
		return indicator.health().getDetails();
	}

	private static String encoded(String json) {
		return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
	}

	private HttpResponse<String> pay(String target, boolean repeated) throws Exception {
		PaymentRequiredDocument challenge = Buyer.document(send(target, Map.of()).headers());
		return send(target, Map.of("PAYMENT-SIGNATURE",
				new Buyer().pay(challenge.accepts().get(0), repeated ? challenge.extensions() : Map.of())));
	}

	private HttpResponse<String> send(String target, Map<String, String> headers) throws Exception {
		String port = this.shop.getEnvironment().getRequiredProperty("local.server.port");
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

	}

	@RestController
	static class ShopController {

		@GetMapping("/goods/{city}")
		@PaymentRequired(price = "$0.01")
		String goods(@PathVariable String city) {
			return city;
		}

	}

}
