/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.io.IOException;
import java.util.stream.Stream;

import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;
import org.springframework.web.servlet.handler.MappedInterceptor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is left of the starter where payments are switched off: nothing but what keeps
 * priced paths closed. {@code GatewayBenchmark} compares with such a gateway.
 */
class DisabledGatewayTests {

	@Test
	void whenPaymentsAreSwitchedOffThenNoFilterOfTheStarterIsLeft() throws IOException {
		try (LoopbackUpstream upstream = new LoopbackUpstream();
				ConfigurableApplicationContext gateway = gateway(upstream, "--x402.enabled=false")) {
			assertThat(filters(gateway)).isEmpty();
			assertThat(interceptors(gateway)).containsExactly("io.x402.spring.web.servlet.ClosedInterceptor");
			assertThat(get(gateway, "/api/free/data").getBody()).isEqualTo(LoopbackUpstream.CONTENT);
			assertThat(get(gateway, "/api/data").getStatusCode().value()).isEqualTo(503);
			assertThat(upstream.received()).hasSize(1);
		}
	}

	/**
	 * The other column of the benchmark, and proof that filters are found.
	 */
	@Test
	void whenPaymentsAreTakenThenItsFiltersAreThere() throws IOException {
		try (LoopbackUpstream upstream = new LoopbackUpstream();
				ConfigurableApplicationContext gateway = gateway(upstream)) {
			assertThat(filters(gateway)).contains("io.x402.spring.web.servlet.PaymentFilter");
			assertThat(get(gateway, "/api/free/data").getBody()).isEqualTo(LoopbackUpstream.CONTENT);
			assertThat(get(gateway, "/api/data").getStatusCode().value()).isEqualTo(402);
		}
	}

	private static ConfigurableApplicationContext gateway(LoopbackUpstream upstream, String... arguments) {
		return new SpringApplicationBuilder(GatewayApplication.class)
			.run(Stream.concat(Stream.of("--server.port=0", "--UPSTREAM_URL=" + upstream.url()), Stream.of(arguments))
				.toArray(String[]::new));
	}

	private static Stream<String> filters(ConfigurableApplicationContext gateway) {
		return gateway.getBean(ServletContext.class)
			.getFilterRegistrations()
			.values()
			.stream()
			.map(FilterRegistration::getClassName)
			.filter((name) -> name.startsWith("io.x402.spring."));
	}

	private static Stream<String> interceptors(ConfigurableApplicationContext gateway) {
		return gateway.getBeansOfType(MappedInterceptor.class)
			.values()
			.stream()
			.map((mapped) -> mapped.getInterceptor().getClass().getName())
			.filter((name) -> name.startsWith("io.x402.spring."));
	}

	private static ResponseEntity<String> get(ConfigurableApplicationContext gateway, String path) {
		int port = ((ServletWebServerApplicationContext) gateway).getWebServer().getPort();
		return RestClient.builder().defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {
		}).build().get().uri("http://127.0.0.1:" + port + path).retrieve().toEntity(String.class);
	}

}
