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
import org.junit.jupiter.params.provider.CsvSource;
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

	@ParameterizedTest
	@ValueSource(strings = { "31-characters-are-not-enough-no", "${NAME_THAT_IS_not-enough_OF_A_SECRET}" })
	void whenSecretOfAnEdgeCanBeGuessedThenGatewayDoesNotStart(String secret) {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> new SpringApplicationBuilder(GatewayApplication.class)
				.run("--server.port=0", "--gateway.edge.secrets=" + secret)
				.close())
			.satisfies((failure) -> assertThat(NestedExceptionUtils.getMostSpecificCause(failure))
				.isInstanceOf(InvalidPropertyException.class)
				.hasMessageStartingWith("gateway.edge.secrets")
				.hasMessageNotContaining("not-enough"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://payments.example.com/certs", "ftp://127.0.0.1/certs", "certs" })
	void whenKeysOfTheEdgeCouldBeChangedOnTheWayThenGatewayDoesNotStart(String certs) {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(
					() -> new SpringApplicationBuilder(GatewayApplication.class)
						.run("--server.port=0", "--gateway.edge.cloudflare.enabled=true",
								"--x402.base-url=https://api.example.com", "--gateway.edge.cloudflare.certs=" + certs)
						.close())
			.satisfies((failure) -> assertThat(NestedExceptionUtils.getMostSpecificCause(failure))
				.isInstanceOf(InvalidPropertyException.class)
				.hasMessageStartingWith("gateway.edge.cloudflare.certs"));
	}

	@ParameterizedTest
	@CsvSource({ "b,c,secret", "'',a:b,secret" })
	void whenCredentialsOfAnUpstreamDoNotFitThenGatewayDoesNotStart(String bearer, String username, String password) {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> new SpringApplicationBuilder(GatewayApplication.class)
				.run("--server.port=0", "--gateway.upstreams.api.bearer=" + bearer,
						"--gateway.upstreams.api.username=" + username, "--gateway.upstreams.api.password=" + password)
				.close())
			.satisfies((failure) -> assertThat(NestedExceptionUtils.getMostSpecificCause(failure))
				.isInstanceOf(InvalidPropertyException.class)
				.hasMessageStartingWith("gateway.upstreams.api: has credentials")
				.hasMessageNotContaining("secret"));
	}

	@Test
	void whenThereIsNoSuchSslBundleThenGatewayDoesNotStart() {
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> new SpringApplicationBuilder(GatewayApplication.class)
				.run("--server.port=0", "--gateway.upstreams.api.ssl-bundle=missing")
				.close())
			.satisfies((failure) -> assertThat(NestedExceptionUtils.getMostSpecificCause(failure))
				.hasMessageContaining("missing"));
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
			"--gateway.signing-key=?", "--gateway.max-request-size=-1", "--gateway.edge.header=",
			"--gateway.edge.header=X Edge", "--gateway.upstreams.api.username=a",
			"--gateway.upstreams.api.password=secret", "--gateway.upstreams.api.bearer=${SECRET_OF_THE_UPSTREAM}",
			"--gateway.upstreams.api.bearer=secret\n", "--gateway.upstreams.api.read-timeout=0s",
			"--gateway.upstreams.api.connect-timeout=-1s", "--gateway.upstreams.api.max-connections=0",
			"--gateway.upstreams.api.max-response-size=-1B", "--UPSTREAM_URL=http://user:secret@127.0.0.1:9/v2" })
	void whenConfigurationWouldBeIgnoredThenGatewayDoesNotStart(String argument) {
		assertThatExceptionOfType(Exception.class).isThrownBy(
				() -> new SpringApplicationBuilder(GatewayApplication.class).run("--server.port=0", argument).close())
			.satisfies((failure) -> assertThat(NestedExceptionUtils.getMostSpecificCause(failure))
				.isInstanceOf(InvalidPropertyException.class)
				.hasMessageNotContaining("secret"));
	}

}
