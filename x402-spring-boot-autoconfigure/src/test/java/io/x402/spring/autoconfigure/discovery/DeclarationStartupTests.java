/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.discovery;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.PaymentRequired;
import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.discovery.TypeSchemas;
import io.x402.spring.pricing.PaymentRoute;
import io.x402.spring.pricing.ResourceDeclaration;
import io.x402.spring.pricing.ResourceDescriber;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a seller is told at startup of descriptions that facilitators would refuse.
 */
@ExtendWith(OutputCaptureExtension.class)
class DeclarationStartupTests {

	private static final ResourceDescriber BROKEN = (handler, request) -> "GET".equals(request.method())
			? declaration(request.method(), Map.of("days", "two")) : null;

	private final WebApplicationContextRunner runner = Startup.with(Shop.class)
		.withConfiguration(AutoConfigurations.of(X402DiscoveryAutoConfiguration.class))
		.withPropertyValues(Startup.PAY_TO);

	@Test
	void whenAnExampleContradictsItsSchemaThenTheApplicationDoesNotStart() {
		AtomicReference<FailureAnalysis> analysis = new AtomicReference<>();
		this.runner.withBean(ResourceDescriber.class, () -> BROKEN)
			.run((context) -> analysis.set(Startup.failure(context)));
		assertThat(analysis.get().getDescription()).contains("DeclarationStartupTests$Shop#forecast",
				"'GET /forecast/{city}'", "info.input.queryParams.days is 'two', but its schema says integer");
		assertThat(analysis.get().getAction()).contains("ResourceDescriber", "discoverable = false");
	}

	/**
	 * A route prices a mapping in part, a functional endpoint, or what a pattern with
	 * wildcards matches and nobody knows.
	 */
	@ParameterizedTest
	@CsvSource({ "/news/{topic}, GET, route /news/{topic}, 'GET /news/{topic}'",
			"/news/today, GET, route /news/today, 'GET /news/{topic}'",
			"/functional, , route /functional, 'GET /functional'" })
	void whenARoutePricesWhatIsDescribedWronglyThenTheApplicationDoesNotStart(String path, @Nullable String method,
			String source, String mapping) {
		AtomicReference<FailureAnalysis> analysis = new AtomicReference<>();
		Startup.with(Free.class)
			.withConfiguration(AutoConfigurations.of(X402DiscoveryAutoConfiguration.class))
			.withPropertyValues(Startup.PAY_TO, "x402.routes[0].path=" + path, "x402.routes[0].price=$0.01",
					"x402.routes[0].method=" + ((method != null) ? method : ""))
			.withBean(ResourceDescriber.class, () -> BROKEN)
			.run((context) -> analysis.set(Startup.failure(context)));
		assertThat(analysis.get().getDescription()).contains(source, mapping,
				"info.input.queryParams.days is 'two', but its schema says integer");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x402.routes[0].path=/**", "x402.routes[0].discoverable=false",
			"x402.routes[0].method=POST", "x402.routes[0].path=/functional/**" })
	void whenARouteIsNotListedOrDescribedByTheRequestThenTheApplicationStarts(String property) {
		Startup.with(Free.class)
			.withConfiguration(AutoConfigurations.of(X402DiscoveryAutoConfiguration.class))
			.withPropertyValues(Startup.PAY_TO, "x402.routes[0].path=/functional", "x402.routes[0].price=$0.01",
					property)
			.withBean(ResourceDescriber.class,
					() -> (handler, request) -> (handler instanceof PaymentRoute) ? BROKEN.describe(handler, request)
							: null)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenTheDescriptionIsInOrderThenTheApplicationStarts() {
		this.runner
			.withBean(ResourceDescriber.class,
					() -> (handler, request) -> declaration(request.method(), Map.of("days", 2)))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenTheMappingIsNotListedOrDescribedByTheRequestThenTheApplicationStarts() {
		this.runner
			.withBean(ResourceDescriber.class,
					() -> (handler, request) -> declaration(request.nativeRequest(HttpServletRequest.class).getMethod(),
							Map.of("days", "two")))
			.run((context) -> assertThat(context).hasNotFailed());
		Startup.with(Unlisted.class)
			.withConfiguration(AutoConfigurations.of(X402DiscoveryAutoConfiguration.class))
			.withPropertyValues(Startup.PAY_TO)
			.withBean(ResourceDescriber.class, () -> BROKEN)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenSchemasOfTheApplicationAreBrokenThenTheLogTellsAndTheMappingIsDeclaredWithoutThem(CapturedOutput output) {
		this.runner
			.withBean(TypeSchemas.class,
					() -> (type) -> Map.of("type", "object", "properties",
							Map.of("question", Map.of("type", "string", "pattern", "[a-z]+"))))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("The mapping POST /ask is declared to catalogues without its parameters",
				"schema.properties.input.properties.body.properties.question.pattern", "TypeSchemas bean");
	}

	private static ResourceDeclaration declaration(String method, Map<String, Object> query) {
		Map<String, Object> days = Map.of("type", "object", "properties", Map.of("days", Map.of("type", "integer")));
		Map<String, Object> block = Map.of("info",
				Map.of("input", Map.of("type", "http", "method", method, "queryParams", query)), "schema",
				Map.of("properties", Map.of("input", Map.of("properties", Map.of("queryParams", days)))));
		return new ResourceDeclaration(block, block, Map.of(), Set.of());
	}

	@RestController
	static class Shop {

		@PaymentRequired(price = "$0.01")
		@GetMapping("/forecast/{city}")
		List<String> forecast() {
			return List.of();
		}

		@PaymentRequired(price = "$0.01")
		@PostMapping("/ask")
		String ask(@RequestBody Map<String, String> question) {
			return "yes";
		}

	}

	@RestController
	static class Free {

		@RequestMapping("/news/{topic}")
		List<String> news() {
			return List.of();
		}

	}

	@RestController
	static class Unlisted {

		@PaymentRequired(price = "$0.01", discoverable = false)
		@GetMapping("/forecast/{city}")
		List<String> forecast() {
			return List.of();
		}

	}

}
