/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.autoconfigure.client.X402ClientAutoConfiguration;
import io.x402.spring.autoconfigure.onchain.X402OnChainAutoConfiguration;
import io.x402.spring.evm.onchain.OnChainFacilitator;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The buyer pays no service that sellers and buyers depend on, even where all clients of
 * the application pay and the service asks for a price within every limit.
 */
class ServiceClientsTests {

	private static final String KEY = "07".repeat(32);

	private final Seller service = Seller.honest(10_000);

	private final ApplicationContextRunner paying = Startup.engine()
		.withConfiguration(AutoConfigurations.of(X402ClientAutoConfiguration.class, X402OnChainAutoConfiguration.class,
				HttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, RestClientAutoConfiguration.class,
				WebClientAutoConfiguration.class))
		.withPropertyValues("x402.client.enabled=true", "x402.client.private-key=" + KEY,
				"x402.client.limits.max-amount-per-request=0.10", "x402.client.sellers.allowed-hosts=127.0.0.1",
				"x402.client.sellers.allow-plain-http=true", "x402.client.customize.rest-client=true",
				"x402.client.customize.web-client=true", "x402.client.catalogue-url=" + this.service.uri(""),
				"x402.facilitator.url=" + this.service.uri(""), "x402.facilitator.retry.max-retries=0",
				"x402.facilitator.supported.timeout=60s", "x402.facilitator.connect-timeout=60s",
				"x402.facilitator.onchain.rpc.url=" + this.service.uri("/key"),
				"x402.facilitator.onchain.rpc.timeout=60s", "x402.facilitator.onchain.keys.private-keys=" + KEY);

	@AfterEach
	void close() {
		this.service.close();
	}

	@Test
	void whenAllClientsPayThenTheOneOfTheApplicationDoes() {
		this.paying.run((context) -> {
			RestClient client = context.getBean(RestClient.Builder.class).build();
			assertThat(client.get()
				.uri(this.service.uri("/weather"))
				.retrieve()
				.toBodilessEntity()
				.getStatusCode()
				.value()).isEqualTo(200);
			assertThat(this.service.payments()).hasSize(1);
		});
	}

	@Test
	void whenAllClientsPayThenTheFacilitatorIsNotPaid() {
		this.paying.run((context) -> {
			assertThatExceptionOfType(FacilitatorException.class)
				.isThrownBy(context.getBean(Facilitator.class)::supported);
			assertThat(this.service.requests()).hasSize(1);
			assertThat(this.service.payments()).isEmpty();
		});
	}

	@Test
	void whenAllClientsPayThenNodesAreNotPaid() {
		this.paying.withPropertyValues("x402.facilitator.type=onchain").run((context) -> {
			assertThatExceptionOfType(FacilitatorException.class)
				.isThrownBy(context.getBean(OnChainFacilitator.class)::supported);
			assertThat(this.service.requests()).extracting(Seller.Request::path).containsExactly("/key");
			assertThat(this.service.payments()).isEmpty();
		});
	}

	@Test
	void whenAllClientsPayThenTheCatalogueIsNotPaid() {
		this.paying.run((context) -> {
			assertThat(context.getBean(PaymentSearchTool.class).call("{\"query\":\"weather\"}")).contains("error");
			assertThat(this.service.requests()).hasSize(1);
			assertThat(this.service.payments()).isEmpty();
		});
	}

	@Test
	void whenThereAreSeveralBuildersThenNoneOfThemIsUsed() {
		this.paying.withUserConfiguration(SeveralBuilders.class).run((context) -> {
			assertThatExceptionOfType(FacilitatorException.class)
				.isThrownBy(context.getBean(Facilitator.class)::supported);
			assertThat(this.service.requests()).hasSize(1)
				.allSatisfy((request) -> assertThat(request.headers()).doesNotContainKey("authorization"));
		});
		this.paying.withUserConfiguration(SeveralBuilders.class)
			.withPropertyValues("x402.facilitator.type=onchain")
			.run((context) -> {
				assertThatExceptionOfType(FacilitatorException.class)
					.isThrownBy(context.getBean(OnChainFacilitator.class)::supported);
				assertThat(this.service.requests()).hasSize(2)
					.allSatisfy((request) -> assertThat(request.headers()).doesNotContainKey("authorization"));
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class SeveralBuilders {

		@Bean
		WebClient.Builder customers() {
			return WebClient.builder().defaultHeader("Authorization", "Bearer customers");
		}

		@Bean
		WebClient.Builder orders() {
			return WebClient.builder().defaultHeader("Authorization", "Bearer orders");
		}

		@Bean
		RestClient.Builder restCustomers() {
			return RestClient.builder().defaultHeader("Authorization", "Bearer customers");
		}

		@Bean
		RestClient.Builder restOrders() {
			return RestClient.builder().defaultHeader("Authorization", "Bearer orders");
		}

	}

}
