/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.client;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;

import io.x402.spring.client.Payer;
import io.x402.spring.client.PayingFetchTool;
import io.x402.spring.client.PaymentExchangeFilter;
import io.x402.spring.client.PaymentRequestInterceptor;
import io.x402.spring.client.PaymentSearchTool;
import io.x402.spring.facilitator.Facilitator;

import org.springframework.ai.tool.ToolCallback;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.boot.restclient.autoconfigure.RestClientBuilderConfigurer;
import org.springframework.boot.restclient.autoconfigure.RestTemplateBuilderConfigurer;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Scope;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Configurations of clients that pay. Payment is the last customizer, so that no other
 * one sees payments or restores a request factory that follows redirects.
 */
final class X402ClientConfigurations {

	private X402ClientConfigurations() {
	}

	/**
	 * Clients that are built during the creation of a facilitator belong to it and must
	 * not pay.
	 */
	private static boolean isForFacilitator(ConfigurableListableBeanFactory beans) {
		return Arrays.stream(beans.getBeanNamesForType(Facilitator.class, true, false))
			.anyMatch(beans::isCurrentlyInCreation);
	}

	private static HttpClientSettings withoutRedirects(ObjectProvider<HttpClientSettings> settings) {
		return settings.getIfAvailable(HttpClientSettings::defaults).withRedirects(HttpRedirects.DONT_FOLLOW);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ RestClient.class, RestClientCustomizer.class, ClientHttpRequestFactoryBuilder.class })
	static class Rest {

		@Bean
		@ConditionalOnMissingBean
		X402ClientRestCustomizer x402ClientRestCustomizer(PaymentRequestInterceptor interceptor,
				ObjectProvider<ClientHttpRequestFactoryBuilder<?>> builder,
				ObjectProvider<HttpClientSettings> settings) {
			return new X402ClientRestCustomizer(interceptor,
					() -> builder.getIfAvailable(ClientHttpRequestFactoryBuilder::detect)
						.build(withoutRedirects(settings)));
		}

		@Bean(defaultCandidate = false)
		@Qualifier(X402ClientAutoConfiguration.QUALIFIER)
		@Scope("prototype")
		RestClient.Builder x402RestClientBuilder(X402ClientRestCustomizer customizer,
				ObjectProvider<RestClientBuilderConfigurer> configurer) {
			return customizer
				.customize(configurer.getIfAvailable(RestClientBuilderConfigurer::new).configure(RestClient.builder()));
		}

		@Bean(defaultCandidate = false)
		@Qualifier(X402ClientAutoConfiguration.QUALIFIER)
		RestTemplateBuilder x402RestTemplateBuilder(X402ClientRestCustomizer customizer,
				ObjectProvider<RestTemplateBuilderConfigurer> configurer) {
			RestTemplateBuilder builder = new RestTemplateBuilder();
			RestTemplateBuilderConfigurer available = configurer.getIfAvailable();
			return ((available != null) ? available.configure(builder) : builder)
				.additionalCustomizers(customizer::customize);
		}

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		@ConditionalOnBooleanProperty(name = "x402.client.customize.rest-client")
		RestClientCustomizer x402RestClientCustomizer(ObjectProvider<X402ClientRestCustomizer> customizer,
				ConfigurableListableBeanFactory beans) {
			return (builder) -> {
				if (!isForFacilitator(beans)) {
					customizer.getObject().customize(builder);
				}
			};
		}

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		@ConditionalOnBooleanProperty(name = "x402.client.customize.rest-template")
		RestTemplateCustomizer x402RestTemplateCustomizer(ObjectProvider<X402ClientRestCustomizer> customizer,
				ConfigurableListableBeanFactory beans) {
			return (client) -> {
				if (!isForFacilitator(beans)) {
					customizer.getObject().customize(client);
				}
			};
		}

	}

	/**
	 * Only for who asks for it by its qualifier: an MCP server offers every other tool to
	 * strangers.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ToolCallback.class, RestClient.class, RestClientCustomizer.class,
			ClientHttpRequestFactoryBuilder.class })
	static class Tools {

		/** About 8,000 tokens of a model. */
		private static final int MAX_LENGTH = 32 * 1024;

		private static final HttpClientSettings CATALOGUE = HttpClientSettings.defaults()
			.withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(20));

		@Bean(defaultCandidate = false)
		@Qualifier(X402ClientAutoConfiguration.QUALIFIER)
		@Primary
		@ConditionalOnMissingBean(PayingFetchTool.class)
		PayingFetchTool x402FetchTool(@Qualifier(X402ClientAutoConfiguration.QUALIFIER) RestClient.Builder builder,
				Payer payer) {
			return new PayingFetchTool(builder.build(), payer, MAX_LENGTH);
		}

		@Bean(defaultCandidate = false)
		@Qualifier(X402ClientAutoConfiguration.QUALIFIER)
		@ConditionalOnProperty("x402.client.catalogue-url")
		@ConditionalOnMissingBean(PaymentSearchTool.class)
		PaymentSearchTool x402SearchTool(Payer payer, X402ClientProperties properties,
				ObjectProvider<RestClient.Builder> clients, ObjectProvider<ClientHttpRequestFactoryBuilder<?>> builder,
				ObjectProvider<HttpClientSettings> settings) {
			RestClient client = clients.getIfUnique(RestClient::builder)
				.clone()
				.requestInterceptors(
						(interceptors) -> interceptors.removeIf(PaymentRequestInterceptor.class::isInstance))
				.requestFactory(builder.getIfAvailable(ClientHttpRequestFactoryBuilder::detect)
					.build(withoutRedirects(settings).orElse(CATALOGUE)))
				.build();
			return new PaymentSearchTool(client, Objects.requireNonNull(properties.catalogueUrl()), payer);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ WebClient.class, WebClientCustomizer.class, ClientHttpConnectorBuilder.class })
	static class Reactive {

		@Bean
		@ConditionalOnMissingBean
		PaymentExchangeFilter x402PaymentExchangeFilter(Payer payer, X402ClientProperties properties) {
			return new PaymentExchangeFilter(payer, Math.toIntExact(properties.bodyLimit().toBytes()));
		}

		@Bean
		@ConditionalOnMissingBean
		X402ClientReactiveCustomizer x402ClientReactiveCustomizer(PaymentExchangeFilter filter,
				ObjectProvider<ClientHttpConnectorBuilder<?>> builder, ObjectProvider<HttpClientSettings> settings) {
			return new X402ClientReactiveCustomizer(filter,
					() -> builder.getIfAvailable(ClientHttpConnectorBuilder::detect).build(withoutRedirects(settings)));
		}

		@Bean(defaultCandidate = false)
		@Qualifier(X402ClientAutoConfiguration.QUALIFIER)
		@Scope("prototype")
		WebClient.Builder x402WebClientBuilder(X402ClientReactiveCustomizer customizer,
				ObjectProvider<WebClientCustomizer> customizers) {
			WebClient.Builder builder = WebClient.builder();
			customizers.orderedStream().forEach((each) -> each.customize(builder));
			return customizer.customize(builder);
		}

		@Bean
		@Order(Ordered.LOWEST_PRECEDENCE)
		@ConditionalOnBooleanProperty(name = "x402.client.customize.web-client")
		WebClientCustomizer x402WebClientCustomizer(ObjectProvider<X402ClientReactiveCustomizer> customizer,
				ConfigurableListableBeanFactory beans) {
			return (builder) -> {
				if (!isForFacilitator(beans)) {
					customizer.getObject().customize(builder);
				}
			};
		}

	}

}
