/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.net.URI;
import java.util.List;

import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.autoconfigure.discovery.X402DiscoveryAutoConfiguration;
import io.x402.spring.autoconfigure.discovery.X402DiscoveryProperties;
import io.x402.spring.autoconfigure.web.reactive.X402WebFluxAutoConfiguration;
import io.x402.spring.autoconfigure.web.servlet.X402WebMvcAutoConfiguration;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorCondition;
import io.x402.spring.facilitator.SupportedKinds;
import io.x402.spring.money.Networks;
import io.x402.spring.pricing.PricingCatalog;
import io.x402.spring.pricing.ToolCatalog;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the {@link PricedMappingsEndpoint}.
 */
@AutoConfiguration(after = { X402WebMvcAutoConfiguration.class, X402WebFluxAutoConfiguration.class,
		X402DiscoveryAutoConfiguration.class })
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(PricedMappingsEndpoint.class)
final class X402EndpointAutoConfiguration {

	@Bean
	@ConditionalOnBean(PricingCatalog.class)
	@ConditionalOnMissingBean
	PricedMappingsEndpoint x402PricedMappingsEndpoint(PricingCatalog catalog, ObjectProvider<ToolCatalog> tools,
			Networks networks, X402Properties properties, ObjectProvider<X402DiscoveryProperties> discovery,
			ObjectProvider<Facilitator> facilitator, ObjectProvider<SupportedKinds> supported,
			ObjectProvider<PaymentStore> store, ObjectProvider<PaymentLedger> ledger,
			ObjectProvider<SanitizingFunction> sanitizing) {
		Sanitizer sanitizer = new Sanitizer(sanitizing.orderedStream().toList());
		ToolCatalog served = tools.getIfAvailable(() -> List::of);
		return new PricedMappingsEndpoint(catalog, served::tools, networks, new SellerParts(properties.enabled(),
				sanitized(sanitizer, "x402.base-url", properties.baseUrl()),
				properties.protocolVersions().stream().map((version) -> "v" + version.number()).sorted().toList(),
				() -> sanitized(sanitizer, SellerParts.conditions(facilitator.getIfAvailable())),
				supported.getIfAvailable(), type(store.getIfAvailable()), type(ledger.getIfAvailable()),
				discovery(discovery.getIfAvailable())));
	}

	private static @Nullable String type(@Nullable Object bean) {
		return (bean != null) ? SellerParts.type(bean) : null;
	}

	private static SellerParts.Discovery discovery(@Nullable X402DiscoveryProperties properties) {
		return (properties != null) ? new SellerParts.Discovery(properties.enabled(), properties.documents())
				: new SellerParts.Discovery(false, false);
	}

	private static List<FacilitatorCondition> sanitized(Sanitizer sanitizer, List<FacilitatorCondition> conditions) {
		return conditions.stream()
			.map((condition) -> new FacilitatorCondition(
					String.valueOf(sanitized(sanitizer, "x402.facilitator.url", condition.name())), condition.usable(),
					condition.problem()))
			.toList();
	}

	/**
	 * Applies the functions with which the application hides values in other endpoints.
	 * Credentials of a URL are left out whatever these say.
	 */
	private static @Nullable String sanitized(Sanitizer sanitizer, String property, @Nullable String value) {
		Object shown = sanitizer.sanitize(new SanitizableData(null, property, withoutCredentials(value)), true);
		return (shown != null) ? shown.toString() : null;
	}

	private static @Nullable String withoutCredentials(@Nullable String value) {
		if (value == null || value.indexOf(':') < 0) {
			return value;
		}
		try {
			URI uri = URI.create(value);
			boolean open = uri.getRawUserInfo() == null && uri.getRawQuery() == null;
			return open ? value : uri.getScheme() + "://" + uri.getHost();
		}
		catch (IllegalArgumentException ex) {
			return value.replaceAll("//[^/@]*@", "//");
		}
	}

}
