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
import java.util.stream.Stream;

import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who sees the console, and when there is one.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConsoleAccessTests {

	private static final String CONSOLE = "/actuator/x402console";

	private static final String[] SECURED = { "--spring.security.user.name=seller",
			"--spring.security.user.password=secret" };

	private static final String[] OPEN = Container.NO_SECURITY.lines()
		.map((line) -> "--" + line)
		.toArray(String[]::new);

	@ParameterizedTest
	@ValueSource(strings = { "", "/figures", "/ledger.csv" })
	void whenActuatorIsSecuredThenAnonymousVisitorsSeeNothing(String part) throws IOException, InterruptedException {
		try (ConfigurableApplicationContext context = run(SECURED, "--x402.console.enabled=true")) {
			HttpResponse<String> anonymous = get(context, CONSOLE + part);
			assertThat(anonymous.statusCode()).isEqualTo(401);
			assertThat(anonymous.body()).doesNotContain("Sales", "revenue", "sale");
			String user = Base64.getEncoder().encodeToString("seller:secret".getBytes());
			assertThat(get(context, CONSOLE + part, "Authorization", "Basic " + user).statusCode()).isEqualTo(200);
		}
	}

	@Test
	void whenNotEnabledThenThereIsNoConsoleWhateverIsExposed() throws IOException, InterruptedException {
		try (ConfigurableApplicationContext context = run(OPEN, "--management.endpoints.web.exposure.include=*")) {
			assertThat(get(context, CONSOLE).statusCode()).isEqualTo(404);
			assertThat(context.getBeansOfType(ConsoleEndpoint.class)).isEmpty();
		}
	}

	@Test
	void whenExcludedThenThereIsNoConsole() throws IOException, InterruptedException {
		try (ConfigurableApplicationContext context = run(OPEN, "--x402.console.enabled=true",
				"--management.endpoints.web.exposure.exclude=x402console")) {
			assertThat(get(context, CONSOLE).statusCode()).isEqualTo(404);
		}
	}

	@Test
	void whenOtherEndpointsAreExposedThenTheyStayExposed(CapturedOutput output)
			throws IOException, InterruptedException {
		try (ConfigurableApplicationContext context = run(OPEN, "--x402.console.enabled=true",
				"--management.endpoints.web.exposure.include=health,x402ledger")) {
			assertThat(get(context, CONSOLE).statusCode()).isEqualTo(200);
			assertThat(get(context, "/actuator/x402ledger").statusCode()).isEqualTo(200);
			assertThat(get(context, "/actuator/env").statusCode()).isEqualTo(404);
			assertThat(output).contains("The console of the seller is served on the port of the shop.");
		}
	}

	@Test
	void whenNoOneIsSignedInThenNothingCanBeDone() throws IOException, InterruptedException {
		try (ConfigurableApplicationContext context = run(OPEN, "--x402.console.enabled=true")) {
			assertThat(get(context, CONSOLE + "/hands").body()).isEqualTo("{\"user\":null}");
			HttpResponse<String> refused = post(context, CONSOLE + "/reconcile", "Content-Type", "application/json");
			assertThat(refused.statusCode()).isEqualTo(403);
			assertThat(refused.body()).contains("\"result\":\"sign_in_required\"");
		}
	}

	@Test
	void whenTheConsoleMayOnlyBeReadThenNothingCanBeDone() throws IOException, InterruptedException {
		try (ConfigurableApplicationContext context = run(SECURED, "--x402.console.enabled=true",
				"--management.endpoint.x402console.access=read-only")) {
			String user = "Basic " + Base64.getEncoder().encodeToString("seller:secret".getBytes());
			assertThat(get(context, CONSOLE + "/hands", "Authorization", user).body()).isEqualTo("{\"user\":null}");
		}
		try (ConfigurableApplicationContext context = run(OPEN, "--x402.console.enabled=true",
				"--management.endpoint.x402console.access=read-only")) {
			assertThat(post(context, CONSOLE + "/reconcile", "Content-Type", "application/json").statusCode())
				.isEqualTo(405);
		}
	}

	private static HttpResponse<String> post(ConfigurableApplicationContext context, String path, String... headers)
			throws IOException, InterruptedException {
		return HttpClient.newHttpClient()
			.send(HttpRequest
				.newBuilder(URI
					.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port") + path))
				.POST(HttpRequest.BodyPublishers.ofString("{\"sale\":\"none\"}"))
				.headers(headers)
				.build(), BodyHandlers.ofString());
	}

	private static ConfigurableApplicationContext run(String[] properties, String... more) {
		return SpringApplication.run(Shop.class,
				Stream
					.of(Stream.of("--server.port=0", "--x402.facilitator.type=simulated", "--" + Container.TOMCAT,
							"--" + Container.PAY_TO), Stream.of(properties), Stream.of(more))
					.flatMap((arguments) -> arguments)
					.toArray(String[]::new));
	}

	private static HttpResponse<String> get(ConfigurableApplicationContext context, String path, String... headers)
			throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(
				URI.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port") + path));
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
