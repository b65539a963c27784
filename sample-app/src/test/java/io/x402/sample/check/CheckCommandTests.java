/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.check;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The command {@code check} on this shop, as if it were public.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "x402.base-url=https://shop.example.com")
class CheckCommandTests {

	@LocalServerPort
	private int port;

	@Test
	void everyMappingOfTheSampleIsPricedAndDescribed() {
		Result result = check("--json");
		JsonNode report = JsonMapper.shared().readTree(result.text());
		assertThat(report.path("mappings").size()).isGreaterThan(5);
		assertThat(report.path("findings")).isEmpty();
		for (JsonNode mapping : report.path("mappings")) {
			if (mapping.hasNonNull("seen")) {
				assertThat(mapping.at("/seen/index").asString()).as(mapping.toString())
					.isEqualTo("402, priced and described");
			}
		}
	}

	@Test
	void reportIsReadable() {
		Result result = check();
		assertThat(result.text()).contains("Requested http://127.0.0.1:" + this.port,
				"GET /weather  WeatherController#", "  v2 buyer  1 offer");
	}

	@Test
	void whenFacilitatorIsAskedThenItsObjectionsAreShown() throws IOException {
		List<String> asked = new CopyOnWriteArrayList<>();
		HttpServer facilitator = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		facilitator.createContext("/validate", (exchange) -> {
			asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
			byte[] response = """
					{"valid":false,"preflight":[{"check":"reachable","passed":true,"severity":"required"},
					{"check":"returns_402","passed":false,"severity":"required","detail":"got 404"}],
					"simulation":{"outcome":"rejected","rejectionReason":"no schema"}}"""
				.getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, response.length);
			exchange.getResponseBody().write(response);
			exchange.close();
		});
		facilitator.start();
		try {
			Result result = check("--validate=http://localhost:" + facilitator.getAddress().getPort() + "/validate");
			assertThat(result.code()).isEqualTo(2);
			assertThat(result.text()).contains("facilitator  not valid", "! returns_402: got 404 (required)",
					"! The catalogue would reject it: no schema");
			assertThat(asked).anySatisfy((body) -> assertThat(body).contains("https://shop.example.com/weather"));
		}
		finally {
			facilitator.stop(0);
		}
	}

	@Test
	void whenNoShopRunsThenTheCommandFails() {
		Result result = run("check", "http://127.0.0.1:1");
		assertThat(result.code()).isEqualTo(1);
		assertThat(result.text()).contains("The shop must run");
	}

	@Test
	void whenUrlIsNoneThenTheUsageIsPrinted() {
		Result result = run("check", "localhost");
		assertThat(result.code()).isEqualTo(1);
		assertThat(result.text()).startsWith("Usage: ");
	}

	private Result check(String... options) {
		String[] arguments = new String[options.length + 2];
		arguments[0] = "check";
		arguments[1] = "http://localhost:" + this.port;
		System.arraycopy(options, 0, arguments, 2, options.length);
		return run(arguments);
	}

	private static Result run(String... arguments) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		int code = CheckCommand.run(arguments, new PrintStream(bytes, true, StandardCharsets.UTF_8));
		return new Result(code, bytes.toString(StandardCharsets.UTF_8));
	}

	private record Result(int code, String text) {

	}

}
