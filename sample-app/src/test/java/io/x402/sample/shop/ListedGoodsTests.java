/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a facilitator with a catalogue can list of the shop once each of its goods has
 * been bought: it reads nothing but what payments declare that it settles.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ListedGoodsTests {

	/** One purchase of each, by path, with the body of those that are posted. */
	private static final List<List<String>> PURCHASES = List.of(List.of("/ask?question=Why"), List.of("/chart"),
			List.of("/echo", "hello"), List.of("/essay?words=7"), List.of("/files/field-notes.txt"),
			List.of("/orders", "A print"), List.of("/report.csv"), List.of("/report.pdf"), List.of("/tide"),
			List.of("/weather?city=Lisbon"));

	/** Its handler fails, so that it is never sold. */
	private static final String BROKEN = "/telescope";

	/** Another one for each application. */
	private static Facilitator facilitator;

	@LocalServerPort
	private int port;

	@Autowired
	private WebServerApplicationContext context;

	private RestTestClient client;

	@DynamicPropertySource
	static void start(DynamicPropertyRegistry registry) {
		facilitator = Facilitator.start();
		registry.add("x402.facilitator.url", () -> facilitator.url());
	}

	@AfterAll
	static void stop() {
		facilitator.server.stop(0);
	}

	@BeforeEach
	void connect() {
		this.client = RestTestClient.bindToServer().baseUrl("http://127.0.0.1:" + this.port).build();
	}

	@Test
	void whenEachIsBoughtOnceThenAllThatTheShopHasSoldAreListed() {
		boolean mvc = this.context instanceof ServletWebServerApplicationContext;
		for (List<String> purchase : PURCHASES) {
			if (mvc || !purchase.contains("/orders")) {
				assertThat(buy(purchase.get(0), (purchase.size() > 1) ? purchase.get(1) : null)).as(purchase.get(0))
					.isEqualTo(200);
			}
		}
		assertThat(buy(BROKEN, null)).isEqualTo(500);
		Collection<String> mappings = mappings();
		assertThat(mappings).hasSize(mvc ? PURCHASES.size() + 1 : PURCHASES.size());
		mappings.remove("GET " + BROKEN);
		assertThat(facilitator.listed.keySet()).containsExactlyInAnyOrderElementsOf(mappings);
		assertThat(facilitator.listed.values())
			.allSatisfy((resource) -> assertThat(resource.path("serviceName").asString()).isEqualTo("x402 sample"));
	}

	private int buy(String path, @Nullable String body) {
		JsonNode transcript = this.client.get()
			.uri("/buy?json&path={path}" + ((body != null) ? "&body={body}" : ""), path, body)
			.exchange()
			.returnResult(JsonNode.class)
			.getResponseBody();
		return transcript.at("/paid/status").asInt(0);
	}

	/**
	 * Return method and path of all that has a price.
	 */
	private Collection<String> mappings() {
		List<String> mappings = new ArrayList<>();
		this.client.get()
			.uri("/openapi.json")
			.exchange()
			.returnResult(JsonNode.class)
			.getResponseBody()
			.path("paths")
			.properties()
			.forEach((path) -> path.getValue()
				.propertyNames()
				.forEach((method) -> mappings
					.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey().replaceAll("\\{([^}]*)}", ":$1"))));
		return mappings;
	}

	/**
	 * Takes every payment, and lists what it settles as the reference facilitator does:
	 * by method and route of the declaration.
	 */
	private record Facilitator(HttpServer server, Map<String, JsonNode> listed, AtomicInteger settled) {

		private static final JsonMapper JSON = JsonMapper.shared();

		static Facilitator start() {
			try {
				HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
				Facilitator facilitator = new Facilitator(server, new ConcurrentSkipListMap<>(), new AtomicInteger());
				server.createContext("/supported", (exchange) -> respond(exchange, """
						{"kinds":[{"x402Version":2,"scheme":"exact","network":"eip155:84532"},
						{"x402Version":2,"scheme":"upto","network":"eip155:84532","extra":
						{"facilitatorAddress":"0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"}}],
						"extensions":["bazaar"],"signers":{}}"""));
				server.createContext("/verify", facilitator::verify);
				server.createContext("/settle", facilitator::settle);
				server.start();
				return facilitator;
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		String url() {
			return "http://127.0.0.1:" + this.server.getAddress().getPort();
		}

		private void verify(HttpExchange exchange) throws IOException {
			respond(exchange, "{\"isValid\":true,\"payer\":\"%s\"}".formatted(payer(read(exchange))));
		}

		private void settle(HttpExchange exchange) throws IOException {
			JsonNode request = read(exchange);
			JsonNode resource = request.at("/paymentPayload/resource");
			JsonNode declared = request.at("/paymentPayload/extensions/bazaar");
			if (declared.isObject()) {
				String path = URI.create(resource.path("url").asString()).getPath();
				this.listed.put(declared.at("/info/input/method").asString() + " "
						+ declared.path("routeTemplate").asString(path), resource);
			}
			respond(exchange,
					"{\"success\":true,\"transaction\":\"0x%064x\",\"network\":\"eip155:84532\",\"payer\":\"%s\",\"amount\":\"%s\"}"
						.formatted(this.settled.incrementAndGet(), payer(request),
								request.at("/paymentRequirements/amount").asString()));
		}

		private static String payer(JsonNode request) {
			JsonNode payload = request.at("/paymentPayload/payload");
			return payload.at("/authorization/from").asString(payload.at("/permit2Authorization/from").asString());
		}

		private static JsonNode read(HttpExchange exchange) throws IOException {
			return JSON.readTree(exchange.getRequestBody().readAllBytes());
		}

		private static void respond(HttpExchange exchange, String json) throws IOException {
			byte[] response = json.getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			exchange.sendResponseHeaders(200, response.length);
			exchange.getResponseBody().write(response);
			exchange.close();
		}

	}

}
