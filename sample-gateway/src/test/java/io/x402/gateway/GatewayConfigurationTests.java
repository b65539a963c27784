/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import io.x402.gateway.GatewayProperties.Upstream;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.pricing.PricedHandler;
import io.x402.spring.pricing.PricingCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What configuration starts a gateway, and what stops it.
 */
class GatewayConfigurationTests {

	@Test
	void whenPageIsCopiedThenItsRoutesAreSold() throws IOException {
		String page = Files.readString(Path.of("../docs/gateway.md"));
		List<String> snippets = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL)
			.matcher(page)
			.results()
			.map((MatchResult match) -> match.group(1))
			.toList();
		assertThat(snippets).isNotEmpty();
		PropertySource<?> copied = new YamlPropertySourceLoader()
			.load("docs/gateway.md", new ByteArrayResource(snippets.get(0).getBytes()))
			.get(0);
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(GatewayApplication.class)
			.initializers((starting) -> starting.getEnvironment().getPropertySources().addFirst(copied))
			.run("--server.port=0", "--MAPS_TOKEN=secret")) {
			assertThat(context.getBean(PricingCatalog.class).paid()).flatExtracting(PricedHandler::paths)
				.containsExactlyInAnyOrder("/weather/**", "/maps/**", "/maps/**");
			Upstream maps = context.getBean(GatewayProperties.class).upstreams().get("maps");
			assertThat(maps.bearer()).isEqualTo("secret");
			assertThat(maps.readTimeout()).hasSeconds(10);
			assertThat(context.getBean(GatewayProperties.class).toString()).doesNotContain("secret");
		}
	}

	@Test
	void whenSecretOfAnEdgeIsShortThenGatewayDoesNotStart() {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> new SpringApplicationBuilder(GatewayApplication.class)
				.run("--server.port=0", "--gateway.edge.secrets=31-characters-are-not-enough-no")
				.close())
			.satisfies((failure) -> assertThat(NestedExceptionUtils.getMostSpecificCause(failure))
				.isInstanceOf(InvalidPropertyException.class)
				.hasMessageStartingWith("gateway.edge.secrets")
				.hasMessageNotContaining("not-enough"));
	}

	@Test
	void whenGatewayRunsThenItsHealthMetricsPricesAndConsoleAreThere() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(GatewayApplication.class)
			.run("--server.port=0", "--management.server.port=0")) {
			RestClient client = RestClient.create(
					"http://127.0.0.1:" + context.getEnvironment().getProperty("local.management.port") + "/actuator");
			assertThat(client.get().uri("/health").retrieve().body(String.class)).contains("\"UP\"");
			assertThat(client.get().uri("/prometheus").retrieve().body(String.class)).contains("jvm_memory_used_bytes");
			assertThat(client.get().uri("/x402").retrieve().body(String.class)).contains("/api/**");
			assertThat(client.get().uri("/x402console").accept(MediaType.TEXT_HTML).retrieve().body(String.class))
				.contains("<html");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "gateway.upstreams.api.opnapi.location", "gateway.upstreams.api.openapi.prices[0].prise" })
	void whenPropertyIsMisspelledThenGatewayDoesNotStart(String property) {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> new SpringApplicationBuilder(GatewayApplication.class)
				.run("--server.port=0", "--" + property + "=pets.yaml")
				.close())
			.satisfies((failure) -> assertThat(NestedExceptionUtils.getMostSpecificCause(failure))
				.isInstanceOf(UnboundConfigurationPropertiesException.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "--UPSTREAM_URL=http://127.0.0.1:9/v2", "--gateway.upstreams.apo.bearer=secret",
			"--gateway.signing-key=dG9vIHNob3J0",
			"--gateway.upstreams.api.openapi.location=https://127.0.0.1:9/openapi.yaml",
			"--gateway.edge.cloudflare.enabled=true", "--gateway.upstreams.api.openapi.location=missing.yaml",
			"--gateway.upstreams.api.openapi.others=$1", "--gateway.upstreams.api.openapi.prices[0].price=$1",
			"--gateway.signing-key=?" })
	void whenConfigurationWouldBeIgnoredThenGatewayDoesNotStart(String argument) {
		assertThatExceptionOfType(Exception.class).isThrownBy(
				() -> new SpringApplicationBuilder(GatewayApplication.class).run("--server.port=0", argument).close())
			.satisfies((failure) -> assertThat(NestedExceptionUtils.getMostSpecificCause(failure))
				.isInstanceOf(InvalidPropertyException.class)
				.hasMessageNotContaining("secret"));
	}

}
