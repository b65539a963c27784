/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.client;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.x402.spring.PaymentFlow;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.onchain.Signers;
import io.x402.spring.client.Payer;
import io.x402.spring.client.PaymentApproval;
import io.x402.spring.client.PaymentRequestInterceptor;
import io.x402.spring.client.PurchaseListener;
import io.x402.spring.client.SpendingPolicy;
import io.x402.spring.evm.PaymentSigner;
import io.x402.spring.evm.Signer;
import io.x402.spring.money.InvalidPriceException;
import io.x402.spring.money.Networks;
import io.x402.spring.store.SpendingStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.Resource;

/**
 * Auto-configuration for a buyer. Only clients that opt in pay: those whose builder is
 * injected with the qualifier {@value #QUALIFIER}, those that a
 * {@link X402ClientRestCustomizer} or {@link X402ClientReactiveCustomizer} is applied to,
 * or all of a kind with {@code x402.client.customize}. Clients of a facilitator never
 * pay.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = X402AutoConfiguration.class,
		afterName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
				"org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration",
				"org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration",
				"org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration",
				"org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration",
				"org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration",
				"org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration" })
@ConditionalOnBooleanProperty(name = "x402.client.enabled")
@ConditionalOnClass(name = "org.web3j.crypto.Sign")
@EnableConfigurationProperties(X402ClientProperties.class)
@Import({ X402ClientStoreConfigurations.Jdbc.class, X402ClientStoreConfigurations.Redis.class,
		X402ClientStoreConfigurations.Memory.class, X402ClientStoreConfigurations.Unavailable.class,
		X402ClientConfigurations.Rest.class, X402ClientConfigurations.Tools.class,
		X402ClientConfigurations.Reactive.class, X402ClientMcpConfiguration.class })
public final class X402ClientAutoConfiguration {

	/**
	 * Qualifier of the builders of {@code RestClient}, {@code RestTemplate} and
	 * {@code WebClient} whose clients pay.
	 */
	public static final String QUALIFIER = "x402";

	/**
	 * Name of the {@link Signer} bean that pays if neither a key nor a keystore is
	 * configured.
	 */
	public static final String SIGNER_BEAN = "x402ClientSigner";

	@Bean
	@ConditionalOnMissingBean
	Payer x402Payer(X402ClientProperties properties, @Qualifier(SIGNER_BEAN) ObjectProvider<Signer> signers,
			Networks networks, SpendingStore spendings, ObjectProvider<PaymentApproval> approvals,
			ObjectProvider<PurchaseListener> listeners, ApplicationEventPublisher events, ObjectProvider<Clock> clock) {
		List<PurchaseListener> all = new ArrayList<>(listeners.orderedStream().toList());
		all.add(events::publishEvent);
		X402ClientProperties.Retry retry = properties.retry();
		Signer signer = signer(properties, signers);
		Payer.Builder payer = Payer
			.builder(new PaymentSigner(signer), policy(properties, networks), clock.getIfUnique(Clock::systemUTC))
			.networks(networks)
			.spendings(spendings)
			.listeners(all)
			.versions(properties.protocolVersions())
			.maxValidity(properties.maxValidity())
			.redeliveryWindow(retry.redeliveryWindow())
			.machinePayments(properties.mpp())
			.attempts(retry.maxRetries() + 1, retry.delay(), retry.maxDelay());
		deposits(properties.circleGateway(), networks, payer);
		approvals.ifAvailable(payer::approval);
		if (properties.signIn()) {
			payer.signIn(signer);
		}
		return payer.build();
	}

	@Bean
	BuyerChecks x402BuyerChecks(X402ClientProperties properties, Networks networks,
			ObjectProvider<PaymentApproval> approvals) {
		return new BuyerChecks(properties, networks, approvals.stream().findAny().isPresent());
	}

	@Bean
	@ConditionalOnMissingBean
	PaymentRequestInterceptor x402PaymentRequestInterceptor(Payer payer) {
		return new PaymentRequestInterceptor(payer);
	}

	private static SpendingPolicy policy(X402ClientProperties properties, Networks networks) {
		X402ClientProperties.AmountLimits limits = properties.limits();
		return new SpendingPolicy(allowedSellers(properties.sellers()), allowedOffers(properties.offers(), networks),
				limits.maxAmountPerRequest().tokens(),
				(limits.approveAbove() != null) ? limits.approveAbove().tokens() : null, limits.overTime());
	}

	private static SpendingPolicy.Sellers allowedSellers(X402ClientProperties.Sellers sellers) {
		return new SpendingPolicy.Sellers(sellers.allowedHosts(), sellers.allowPlainHttp(), sellers.pinRecipients(),
				sellers.recipients());
	}

	private static SpendingPolicy.Offers allowedOffers(X402ClientProperties.Offers offers, Networks networks) {
		return new SpendingPolicy.Offers(
				offers.networks()
					.stream()
					.map((name) -> network(networks, "x402.client.offers.networks", name))
					.collect(Collectors.toSet()),
				offers.assets(), offers.schemes(),
				offers.flows().stream().map(PaymentFlow::wireName).collect(Collectors.toSet()));
	}

	private static void deposits(X402ClientProperties.CircleGateway gateway, Networks networks, Payer.Builder payer) {
		Map<String, String> contracts = new HashMap<>();
		gateway.contracts().forEach((name, contract) -> {
			String property = "x402.client.circle-gateway.contracts[" + name + "]";
			if (contracts.put(network(networks, property, name), contract) != null) {
				throw new InvalidPropertyException(property, contract, "must be the only one of its network",
						"Remove one of the two names of the network.");
			}
		});
		try {
			payer.gatewayDeposits(contracts, gateway.maxValidity(), gateway.preferred());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidPropertyException("x402.client.circle-gateway.contracts", null,
					String.valueOf(ex.getMessage()), "Remove the contract of that network.");
		}
	}

	private static String network(Networks networks, String property, String name) {
		try {
			return networks.get(name).id();
		}
		catch (InvalidPriceException ex) {
			throw new InvalidPropertyException(property, name, String.valueOf(ex.getMessage()),
					"Correct the name of the network.");
		}
	}

	private static Signer signer(X402ClientProperties properties, ObjectProvider<Signer> signers) {
		if (properties.privateKey() != null) {
			return Signers.ofPrivateKey("x402.client.private-key", properties.privateKey());
		}
		Resource keystore = properties.keystore();
		if (keystore != null) {
			return Signers.ofKeystore("x402.client.keystore", keystore, properties.keystorePassword());
		}
		Signer signer = signers.getIfAvailable();
		if (signer == null) {
			throw new InvalidPropertyException("x402.client.private-key", null,
					"must be set, because there is no other key to pay with",
					"Set it or x402.client.keystore, or declare a Signer bean named " + SIGNER_BEAN + ".");
		}
		return signer;
	}

}
