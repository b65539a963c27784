/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.time.Clock;
import java.util.Locale;
import java.util.function.Supplier;

import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;
import io.x402.spring.autoconfigure.TokenAmount;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.client.PaymentExchangeFilter;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.MonitoredFacilitator;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.SimulatedFacilitator;
import io.x402.spring.facilitator.SupportedCache;
import io.x402.spring.facilitator.SupportedKinds;
import io.x402.spring.facilitator.http.FacilitatorAuthentication;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Auto-configuration for the {@link Facilitator}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = X402AutoConfiguration.class,
		afterName = { "org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration",
				"org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration",
				"org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration" })
@ConditionalOnX402Enabled
@EnableConfigurationProperties(X402FacilitatorProperties.class)
public final class X402FacilitatorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SupportedKinds x402SupportedKinds(ObjectProvider<Facilitator> facilitator, X402FacilitatorProperties properties) {
		return SupportedCache.of(facilitator.getIfAvailable(() -> {
			throw new InvalidPropertyException("x402.facilitator.type",
					properties.type().name().toLowerCase(Locale.ROOT), "there is no facilitator of this type",
					"Add the libraries that it needs (spring-boot-webclient for http, web3j for onchain), "
							+ "or declare a Facilitator bean.");
		}));
	}

	@Bean
	@ConditionalOnMissingBean
	SupportedOffers x402SupportedOffers(SupportedKinds kinds, X402FacilitatorProperties properties) {
		return new SupportedOffers(kinds, properties.supported().verifyOnStartup());
	}

	@Bean
	ApplicationListener<ApplicationReadyEvent> x402SupportedOffersPreparation(SupportedOffers offers) {
		return (event) -> offers.prepare();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "x402.facilitator.type", havingValue = "http", matchIfMissing = true)
	@ConditionalOnClass({ WebClient.class, ClientHttpConnectorBuilder.class })
	@ConditionalOnMissingBean(Facilitator.class)
	static class HttpFacilitatorConfiguration {

		@Bean
		@ConditionalOnMissingBean(FacilitatorConnectionDetails.class)
		PropertiesFacilitatorConnectionDetails x402FacilitatorConnectionDetails(X402FacilitatorProperties properties) {
			return new PropertiesFacilitatorConnectionDetails(properties);
		}

		@Bean
		MonitoredFacilitator x402Facilitator(FacilitatorConnectionDetails connectionDetails,
				X402FacilitatorProperties properties, ObjectProvider<WebClient.Builder> builder,
				ObjectProvider<ClientHttpConnectorBuilder<?>> connectors, ObjectProvider<HttpClientSettings> settings,
				ObjectProvider<SslBundles> sslBundles, Networks networks,
				ObjectProvider<FacilitatorAuthentication> authentication, ObjectProvider<Clock> clock,
				Environment environment) {
			HttpClientSettings plain = settings.getIfAvailable(HttpClientSettings::defaults)
				.withRedirects(HttpRedirects.DONT_FOLLOW)
				.withTimeouts(properties.connectTimeout(), properties.settleTimeout());
			ConcurrentCalls calls = ConcurrentCalls.of(properties.limits(), environment);
			Supplier<ClientHttpConnectorBuilder<?>> connector = FacilitatorConnector.builder(properties.connector(),
					() -> connectors.getIfAvailable(ClientHttpConnectorBuilder::detect), calls);
			HttpFacilitatorFactory factory = new HttpFacilitatorFactory(properties, networks, calls,
					clock.getIfUnique(Clock::systemUTC), (property, bundle) -> {
						HttpClientSettings own = (bundle != null)
								? plain.withSslBundle(Limits.sslBundle(property, bundle, sslBundles)) : plain;
						SingletonSupplier<WebClient> client = SingletonSupplier
							.of(() -> unpaid(builder).clientConnector(FacilitatorConnector.create(connector.get(), own))
								.build());
						return (bundle != null) ? SingletonSupplier.of(client.obtain()) : client;
					});
			return factory.create(connectionDetails.getUri(), authentication.getIfAvailable());
		}

		/**
		 * Whatever customizes all clients of the application, a facilitator is not paid.
		 */
		private static WebClient.Builder unpaid(ObjectProvider<WebClient.Builder> builder) {
			return builder.getIfUnique(WebClient::builder)
				.clone()
				.filters((filters) -> filters.removeIf(PaymentExchangeFilter.class::isInstance));
		}

		@Bean
		@ConditionalOnMissingBean
		MinAmountCheck x402MinAmountCheck(FacilitatorConnectionDetails connectionDetails,
				X402FacilitatorProperties properties, Networks networks) {
			TokenAmount configured = properties.limits().minAmount();
			return new MinAmountCheck(networks,
					(configured != null) ? configured.tokens() : MinAmountCheck.knownOf(connectionDetails.getUri()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "x402.facilitator.type", havingValue = "simulated")
	@ConditionalOnMissingBean(Facilitator.class)
	static class SimulatedFacilitatorConfiguration {

		private static final Log logger = LogFactory.getLog(SimulatedFacilitator.class);

		@Bean
		SimulatedFacilitator x402Facilitator(Networks networks, ObjectProvider<PayloadCheck> checks,
				X402FacilitatorProperties properties) {
			logger.warn("Payments are SIMULATED: signatures are real, but no money moves. "
					+ "Set x402.facilitator.url and remove x402.facilitator.type to be paid.");
			return new SimulatedFacilitator(
					SimulatedFacilitator.kinds(networks.all().stream().filter(Network::testnet).toList()),
					checks.orderedStream().toList(),
					properties.simulated().balance().tokens().movePointRight(6).toBigInteger());
		}

	}

}
