/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.discovery;

import java.util.Set;

import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.discovery.ListingCheck;
import io.x402.spring.pricing.PricingCatalog;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.web.reactive.ServerProtectedRequestPolicy;
import io.x402.spring.web.servlet.ProtectedRequestPolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for the {@link ListingCheckEndpoint}.
 */
@AutoConfiguration(after = X402DiscoveryAutoConfiguration.class,
		afterName = { "io.x402.spring.autoconfigure.web.servlet.X402WebMvcAutoConfiguration",
				"io.x402.spring.autoconfigure.web.reactive.X402WebFluxAutoConfiguration" })
@ConditionalOnX402Enabled
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(ListingCheckEndpoint.class)
final class X402ListingCheckAutoConfiguration {

	@Bean
	@ConditionalOnBean({ PricingCatalog.class, X402DiscoveryProperties.class })
	@ConditionalOnMissingBean
	ListingCheckEndpoint x402ListingCheckEndpoint(PricingCatalog catalog, PaymentCodec codec, X402Properties properties,
			X402DiscoveryProperties discovery, Environment environment, ObjectProvider<ProtectedRequestPolicy> policies,
			ObjectProvider<ServerProtectedRequestPolicy> reactivePolicies) {
		String baseUrl = properties.baseUrl();
		String prefix = X402DiscoveryAutoConfiguration.pathPrefix(null, environment);
		return new ListingCheckEndpoint(
				new ListingCheck(catalog, codec,
						policies.stream().findAny().isPresent() || reactivePolicies.stream().findAny().isPresent()),
				discovery, (baseUrl != null) ? baseUrl + prefix : null, () -> local(environment, prefix));
	}

	private static @Nullable String local(Environment environment, String prefix) {
		String port = environment.getProperty("local.server.port");
		if (port == null) {
			return null;
		}
		boolean encrypted = environment.getProperty("server.ssl.enabled", Boolean.class, true)
				&& Binder.get(environment).bind("server.ssl", Bindable.mapOf(String.class, String.class)).isBound();
		String address = environment.getProperty("server.address", "localhost");
		String host = Set.of("0.0.0.0", "::").contains(address) ? "localhost"
				: address.contains(":") ? "[" + address + "]" : address;
		return (encrypted ? "https://" : "http://") + host + ":" + port + prefix;
	}

}
