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
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

import io.x402.spring.web.edge.Container;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The console over HTTP, on the port of the shop and on one of its own.
 */
abstract class AbstractConsoleHttpTests {

	private static final String CONSOLE = "/actuator/x402console";

	private static final String USER = "Basic " + Base64.getEncoder().encodeToString("seller:secret".getBytes());

	/** What makes the shop one of its web stack. */
	abstract List<String> stack();

	@ParameterizedTest
	@ValueSource(strings = { "local.server.port", "local.management.port" })
	void whenTheSellerIsSignedInThenThePageAndItsPartsAreShown(String port) throws IOException, InterruptedException {
		try (ConfigurableApplicationContext context = run(port)) {
			HttpResponse<String> page = get(context, port, CONSOLE, "Authorization", USER);
			assertThat(page.statusCode()).isEqualTo(200);
			assertThat(page.body()).startsWith("<!DOCTYPE html>");
			assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
			assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
				.startsWith("default-src 'none'");
			assertThat(page.headers().allValues("X-Frame-Options")).containsExactly("DENY");
			assertThat(page.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
			assertThat(page.headers().allValues("Cache-Control")).containsExactly("no-store");
			assertThat(page.headers().allValues("Referrer-Policy")).containsExactly("no-referrer");
			HttpResponse<String> figures = get(context, port, CONSOLE + "/figures?period=hour", "Authorization", USER);
			assertThat(figures.headers().firstValue("Content-Type")).hasValue("application/json");
			JsonNode json = JsonMapper.shared().readTree(figures.body());
			assertThat(json.path("revenue").isArray()).isTrue();
			assertThat(json.path("from").asString()).isNotEmpty();
			HttpResponse<String> csv = get(context, port, CONSOLE + "/ledger.csv", "Authorization", USER);
			assertThat(csv.headers().firstValue("Content-Type")).hasValue("text/csv;charset=UTF-8");
			assertThat(csv.headers().firstValue("Content-Disposition")).hasValue("attachment; filename=\"ledger.csv\"");
			assertThat(csv.body()).contains("event,");
			assertThat(get(context, port, CONSOLE + "/nothing", "Authorization", USER).statusCode()).isEqualTo(404);
			assertThat(get(context, port, CONSOLE + "/figures?period=year", "Authorization", USER).statusCode())
				.isEqualTo(400);
			HttpResponse<String> other = get(context, port, "/actuator/health", "Authorization", USER);
			assertThat(JsonMapper.shared().readTree(other.body()).path("status").asString()).isIn("UP", "DOWN");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "local.server.port", "local.management.port" })
	void whenNobodyIsSignedInThenNothingIsShown(String port) throws IOException, InterruptedException {
		try (ConfigurableApplicationContext context = run(port)) {
			for (String part : List.of("", "/figures", "/ledger.csv")) {
				HttpResponse<String> anonymous = get(context, port, CONSOLE + part);
				assertThat(anonymous.statusCode()).isEqualTo(401);
				assertThat(anonymous.body()).doesNotContain("Sales", "revenue", "sale");
			}
		}
	}

	private ConfigurableApplicationContext run(String port) {
		Stream<String> management = port.contains("management") ? Stream.of("--management.server.port=0")
				: Stream.empty();
		return SpringApplication.run(Shop.class,
				Stream
					.of(Stream.of("--server.port=0", "--x402.facilitator.type=simulated", "--" + Container.PAY_TO,
							"--x402.console.enabled=true", "--spring.security.user.name=seller",
							"--spring.security.user.password=secret"), stack().stream(), management)
					.flatMap((arguments) -> arguments)
					.toArray(String[]::new));
	}

	private static HttpResponse<String> get(ConfigurableApplicationContext context, String port, String path,
			String... headers) throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + context.getEnvironment().getProperty(port) + path));
		if (headers.length > 0) {
			request.headers(headers);
		}
		return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Shop {

	}

}
