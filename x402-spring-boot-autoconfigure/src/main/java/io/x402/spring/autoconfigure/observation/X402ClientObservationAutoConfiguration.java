/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.observation;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.x402.spring.autoconfigure.client.X402ClientAutoConfiguration;
import io.x402.spring.client.Payer;
import io.x402.spring.client.PurchaseListener;
import io.x402.spring.money.Networks;
import io.x402.spring.observation.Observations;
import io.x402.spring.observation.PurchaseObservationConvention;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration for observations and meters of a buyer.
 */
@AutoConfiguration(after = X402ClientAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnBean(Payer.class)
final class X402ClientObservationAutoConfiguration {

	@Bean
	@ConditionalOnBean(ObservationRegistry.class)
	@ConditionalOnMissingBean(name = "x402ObservedPurchases")
	PurchaseListener x402ObservedPurchases(ObservationRegistry registry, Networks networks,
			ObjectProvider<PurchaseObservationConvention> convention) {
		return Observations.purchases(registry, networks, convention.getIfAvailable());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	static class MetersConfiguration {

		@Bean
		@ConditionalOnSingleCandidate(MeterRegistry.class)
		@ConditionalOnMissingBean(name = "x402PurchaseMeters")
		PurchaseListener x402PurchaseMeters(MeterRegistry registry, Networks networks) {
			return Observations.purchaseMeters(registry, networks);
		}

	}

}
