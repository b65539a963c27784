/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.discovery;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.x402.spring.PaymentRequired;
import io.x402.spring.discovery.ListingCheck;
import io.x402.spring.discovery.ListingFinding;
import io.x402.spring.pricing.PricingCatalog;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.web.edge.Container;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Check of an application's own paid mappings, over HTTP.
 */
@SpringBootTest(classes = ListingCheckEndpointTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO,
				"management.endpoints.web.exposure.include=x402check", "x402.facilitator.type=simulated",
				"server.servlet.context-path=/v1", "x402.discovery.service-name=Forecasts" })
class ListingCheckEndpointTests {

	@LocalServerPort
	private int port;

	@Autowired
	private AtomicInteger runs;

	@Autowired
	private PricingCatalog catalog;

	@Test
	void whatEachReaderSeesIsReported() throws IOException, InterruptedException {
		JsonNode seen = mapping("/forecast/{city}").path("seen");
		assertThat(seen.path("url").asString()).isEqualTo("http://localhost:" + this.port + "/v1/forecast/city");
		assertThat(seen.path("index").asString()).isEqualTo("402, priced and described");
		assertThat(seen.path("version2").asString()).isEqualTo("2 offers");
		assertThat(seen.path("version1").asString()).isEqualTo("1 offer");
		assertThat(seen.path("browser").asString()).startsWith("402, a page of ");
	}

	@Test
	void whenUrlOfOffersIsLocalThenItIsFound() throws IOException, InterruptedException {
		assertThat(codes(mapping("/forecast/{city}"))).containsExactly("local_url");
		assertThat(mapping("/forecast/{city}").path("findings").get(0).path("problem").asString())
			.contains("http://localhost:" + this.port + "/v1/forecast/city");
	}

	@Test
	void whenProbeLacksTheContentTypeThenItSeesThePriceAllTheSame() throws IOException, InterruptedException {
		JsonNode order = mapping("/orders");
		assertThat(order.path("method").asString()).isEqualTo("POST");
		assertThat(order.path("seen").path("index").asString()).isEqualTo("402, priced and described");
		assertThat(order.path("seen").hasNonNull("browser")).isFalse();
		assertThat(codes(order)).containsExactly("local_url", "no_description");
	}

	@Test
	void whenVariableDoesNotTakeItsNameThenNoPriceIsFound() throws IOException, InterruptedException {
		JsonNode item = mapping("/items/{id:\\d+}");
		assertThat(item.path("seen").path("index").asString()).isEqualTo("404, no price");
		assertThat(codes(item)).containsExactly("no_price");
	}

	@Test
	void whenFilterRespondsFirstThenNoPriceIsFound() throws IOException, InterruptedException {
		assertThat(codes(mapping("/validated"))).containsExactly("no_price");
	}

	@Test
	void whenMappingOptsOutThenItIsFound() throws IOException, InterruptedException {
		assertThat(codes(mapping("/secret"))).containsExactly("local_url", "no_description", "opted_out");
	}

	@Test
	void whenHandlerCouldRunThenItIsNotRequested() throws IOException, InterruptedException {
		assertThat(codes(mapping("/trial"))).containsExactly("free_calls");
		assertThat(codes(mapping("/metered"))).containsExactly("price_depends_on_request");
		assertThat(codes(mapping("/files/*"))).containsExactly("wildcard_path");
		assertThat(mapping("/trial").hasNonNull("seen")).isFalse();
		assertThat(this.runs).hasValue(0);
	}

	@Test
	void whenFreeMappingMatchesTheSamePathThenItIsNotRequested() throws IOException, InterruptedException {
		assertThat(codes(mapping("/jobs/{id}"))).containsExactly("free_mapping");
		assertThat(this.runs).hasValue(0);
	}

	@Test
	void whenPolicyMayLetRequestsInThenNothingIsRequested() {
		List<ListingCheck.Result> results = new ListingCheck(this.catalog, new PaymentCodec(), true)
			.run("http://localhost:0");
		assertThat(results).isNotEmpty()
			.allSatisfy((result) -> assertThat(result.findings()).extracting(ListingFinding::code)
				.containsAnyOf("free_requests", "wildcard_path")
				.doesNotContain("unreachable"));
	}

	@Test
	void applicationIsReportedAsAWhole() throws IOException, InterruptedException {
		JsonNode report = report("{}");
		assertThat(report.path("url").asString()).isEqualTo("http://localhost:" + this.port + "/v1");
		assertThat(codes(report)).containsExactly("no_base_url", "no_documents");
	}

	@Test
	void whenPublicUrlIsNotKnownThenItCannotBeRequested() throws IOException, InterruptedException {
		JsonNode report = report("{\"throughBaseUrl\":true}");
		assertThat(codes(report)).containsExactly("no_url");
		assertThat(report.path("mappings")).isEmpty();
	}

	private JsonNode mapping(String path) throws IOException, InterruptedException {
		for (JsonNode mapping : report("{}").path("mappings")) {
			if (mapping.path("path").asString().equals(path)) {
				return mapping;
			}
		}
		throw new AssertionError("No mapping of " + path);
	}

	private static List<String> codes(JsonNode checked) {
		return checked.path("findings").valueStream().map((finding) -> finding.path("code").asString()).toList();
	}

	private JsonNode report(String body) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + this.port + "/v1/actuator/x402check"))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(body))
			.build();
		return JsonMapper.shared().readTree(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import({ Controllers.class, Validation.class })
	static class Shop {

		@Bean
		Supplier<String> priceList() {
			return () -> "$0.03";
		}

		@Bean
		AtomicInteger runs() {
			return new AtomicInteger();
		}

	}

	@Order(Ordered.HIGHEST_PRECEDENCE)
	static class Validation extends OncePerRequestFilter {

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			if (request.getServletPath().equals("/validated") && request.getParameter("city") == null) {
				response.sendError(400);
				return;
			}
			chain.doFilter(request, response);
		}

	}

	@RestController
	record Controllers(AtomicInteger runs) {

		@PaymentRequired(price = "$0.05", network = { "base-sepolia", "arbitrum-sepolia" }, description = "Forecast")
		@GetMapping("/forecast/{city}")
		String forecast(@PathVariable String city) {
			return run(city);
		}

		@PaymentRequired(price = "$0.05", network = "base-sepolia")
		@PostMapping(path = "/orders", consumes = "application/json")
		String order(@RequestBody String order) {
			return run(order);
		}

		@PaymentRequired(price = "$0.05", network = "base-sepolia")
		@GetMapping("/items/{id:\\d+}")
		String item(@PathVariable int id) {
			return run("item " + id);
		}

		@PaymentRequired(price = "$0.05", network = "base-sepolia")
		@GetMapping("/validated")
		String validated() {
			return run("goods");
		}

		@PaymentRequired(price = "$0.05", network = "base-sepolia", discoverable = false)
		@GetMapping("/secret")
		String secret() {
			return run("goods");
		}

		@PaymentRequired(price = "$0.05", network = "base-sepolia", freeQuota = "3 per 1d")
		@GetMapping("/trial")
		String trial() {
			return run("goods");
		}

		@PaymentRequired(price = "#{@priceList.get()}", network = "base-sepolia")
		@PostMapping("/metered")
		String metered() {
			return run("goods");
		}

		@PaymentRequired(price = "$0.05", network = "base-sepolia")
		@PostMapping("/jobs/{id}")
		String job(@PathVariable String id) {
			return run(id);
		}

		@PostMapping("/jobs/id")
		String freeJob() {
			return run("free");
		}

		@PaymentRequired(price = "$0.05", network = "base-sepolia")
		@GetMapping("/files/*")
		String file() {
			return run("goods");
		}

		private String run(String goods) {
			this.runs.incrementAndGet();
			return goods;
		}

	}

}
