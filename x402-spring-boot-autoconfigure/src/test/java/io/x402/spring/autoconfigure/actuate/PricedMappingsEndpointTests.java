/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.Supplier;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the endpoint shows of an application, over HTTP on the management port.
 */
@SpringBootTest(classes = PricedMappingsEndpointTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO, "management.server.port=0",
				"spring.autoconfigure.exclude[3]=org.springframework.boot.jetty.autoconfigure.actuate.web.server."
						+ "JettyServletManagementContextAutoConfiguration",
				"management.endpoints.web.exposure.include=x402", "x402.facilitator.type=simulated",
				"x402.base-url=https://api.example.com", "x402.facilitator.auth.bearer-token=hunter2",
				"x402.redelivery.encryption-key=aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMmh1bnQ=",
				"x402.discovery.documents=true", "x402.routes[0].path=/by-route", "x402.routes[0].price=0.02 USDC",
				"x402.routes[0].network=base-sepolia", "x402.routes[0].free-quota=3 per 1d",
				"x402.routes[0].discoverable=false" })
class PricedMappingsEndpointTests {

	@LocalManagementPort
	private int managementPort;

	@LocalServerPort
	private int port;

	@Test
	void mappingIsShownWithItsOffersAsBuyersSeeThem() throws IOException, InterruptedException {
		JsonNode mapping = mapping("/forecast");
		assertThat(mapping.path("handler").asString()).endsWith("#forecast");
		assertThat(mapping.path("methods").get(0).asString()).isEqualTo("GET");
		assertThat(mapping.path("paid").asBoolean()).isTrue();
		assertThat(mapping.path("description").asString()).isEqualTo("Forecast");
		assertThat(mapping.path("offers")).hasSize(2);
		JsonNode offer = mapping.path("offers").get(0);
		assertThat(offer.path("price").asString()).isEqualTo("$0.05");
		assertThat(offer.path("scheme").asString()).isEqualTo("exact");
		assertThat(offer.path("flow").asString()).isEqualTo("upfront");
		assertThat(offer.path("network").asString()).isEqualTo("eip155:84532");
		assertThat(offer.path("payable").asBoolean()).isTrue();
		assertThat(offer.path("amount").path("atomic").asString()).isEqualTo("50000");
		assertThat(offer.path("amount").path("decimal").asString()).isEqualTo("0.050000");
		assertThat(offer.path("amount").path("token").asString()).isEqualTo("USDC");
		assertThat(offer.path("amount").path("asset").asString())
			.isEqualTo("0x036CbD53842c5426634e7929541eC2318f3dCF7e");
		assertThat(offer.path("payTo").asString()).isEqualTo("0x209693Bc6afc0C5328bA36FaF03C514EF312287C");
		assertThat(offer.path("maxTimeoutSeconds").asInt()).isEqualTo(300);
		assertThat(offer.path("extra").path("paymentFlow").asString()).isEqualTo("upfront");
	}

	@Test
	void routeIsShownWithItsQuota() throws IOException, InterruptedException {
		JsonNode mapping = mapping("/by-route");
		assertThat(mapping.path("handler").asString()).isEqualTo("route");
		assertThat(mapping.path("freeQuota").path("calls").asInt()).isEqualTo(3);
		assertThat(mapping.path("freeQuota").path("period").asString()).isEqualTo("PT24H");
		assertThat(mapping.path("discoverable").asBoolean()).isFalse();
		assertThat(mapping.path("offers").get(0).path("amount").path("token").asString()).isEqualTo("USDC");
	}

	@Test
	void whenPriceDependsOnTheRequestThenItsExpressionIsShown() throws IOException, InterruptedException {
		JsonNode offer = mapping("/dynamic").path("offers").get(0);
		assertThat(offer.path("price").asString()).isEqualTo("#{@priceList.get()}");
		assertThat(offer.path("dependsOnRequest").asBoolean()).isTrue();
		assertThat(offer.hasNonNull("amount")).isFalse();
	}

	@Test
	void whenMappingIsFreeThenItHasNoOffers() throws IOException, InterruptedException {
		JsonNode mapping = mapping("/free");
		assertThat(mapping.path("paid").asBoolean()).isFalse();
		assertThat(mapping.path("offers")).isEmpty();
	}

	@Test
	void partsOfTheApplicationAreShown() throws IOException, InterruptedException {
		JsonNode sales = sales();
		assertThat(sales.path("enabled").asBoolean()).isTrue();
		assertThat(sales.path("protocolVersions")).hasSize(2);
		assertThat(sales.path("store").asString()).isEqualTo("InMemoryPaymentStore");
		assertThat(sales.path("ledger").asString()).isEqualTo("InMemoryPaymentLedger");
		assertThat(sales.path("facilitators").get(0).path("usable").asBoolean()).isTrue();
		assertThat(sales.path("networks")).hasSize(2);
		assertThat(sales.path("networks").get(0).path("testnet").asBoolean()).isTrue();
		assertThat(sales.path("discovery").path("documents").asBoolean()).isTrue();
	}

	@Test
	void nothingSecretIsShown() throws IOException, InterruptedException {
		HttpResponse<String> response = get(this.managementPort, "/actuator/x402");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).doesNotContain("hunter2", "aHVudGVyM", "bearer", "encryption");
	}

	@Test
	void whenApplicationHidesAValueThenItIsNotShown() throws IOException, InterruptedException {
		assertThat(sales().path("baseUrl").asString()).isEqualTo("******");
	}

	@Test
	void endpointIsNotOnThePortOfTheShop() throws IOException, InterruptedException {
		assertThat(get(this.port, "/actuator/x402").statusCode()).isEqualTo(404);
	}

	private JsonNode mapping(String path) throws IOException, InterruptedException {
		for (JsonNode mapping : sales().path("mappings")) {
			if (mapping.path("paths").get(0).asString().equals(path)) {
				return mapping;
			}
		}
		throw new AssertionError("No mapping of " + path);
	}

	private JsonNode sales() throws IOException, InterruptedException {
		return JsonMapper.shared().readTree(get(this.managementPort, "/actuator/x402").body());
	}

	private static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
					BodyHandlers.ofString());
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Controllers.class)
	static class Shop {

		@Bean
		Supplier<String> priceList() {
			return () -> "$0.03";
		}

		@Bean
		SanitizingFunction hidingBaseUrl() {
			return (data) -> data.getKey().equals("x402.base-url") ? data.withSanitizedValue() : data;
		}

	}

	@RestController
	static class Controllers {

		@PaymentRequired(price = "$0.05", network = { "base-sepolia", "arbitrum-sepolia" }, description = "Forecast",
				flow = PaymentFlow.UPFRONT)
		@GetMapping("/forecast")
		String forecast() {
			return "goods";
		}

		@PaymentRequired(price = "#{@priceList.get()}")
		@GetMapping("/dynamic")
		String dynamic() {
			return "goods";
		}

		@GetMapping("/by-route")
		String byRoute() {
			return "goods";
		}

		@GetMapping("/free")
		String free() {
			return "gift";
		}

	}

}
