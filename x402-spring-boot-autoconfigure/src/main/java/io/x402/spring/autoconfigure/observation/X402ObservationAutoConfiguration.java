/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.observation;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.facilitator.FacilitatorDecorator;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.money.Networks;
import io.x402.spring.observation.FacilitatorObservationConvention;
import io.x402.spring.observation.Observations;
import io.x402.spring.payment.PaymentListener;
import io.x402.spring.store.PaymentStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration for observations of the facilitator and meters of payments.
 */
@AutoConfiguration(after = X402PaymentAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnX402Enabled
final class X402ObservationAutoConfiguration {

	@Bean
	@ConditionalOnBean(ObservationRegistry.class)
	FacilitatorDecorator x402FacilitatorObservation(ObservationRegistry registry,
			ObjectProvider<FacilitatorObservationConvention> convention) {
		return (facilitator) -> Observations.facilitator(facilitator, registry, convention.getIfAvailable());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	static class MetersConfiguration {

		@Bean
		@ConditionalOnSingleCandidate(MeterRegistry.class)
		@ConditionalOnMissingBean(name = "x402PaymentMeters")
		PaymentListener x402PaymentMeters(MeterRegistry registry, Networks networks) {
			return Observations.paymentMeters(registry, networks);
		}

		@Bean
		@ConditionalOnSingleCandidate(MeterRegistry.class)
		@ConditionalOnMissingBean(name = "x402ToolMeters")
		PaymentListener x402ToolMeters(MeterRegistry registry, Networks networks) {
			return Observations.toolMeters(registry, networks);
		}

		@Bean
		@ConditionalOnMissingBean(name = "x402LimitMeters")
		@ConditionalOnSingleCandidate(Facilitator.class)
		MeterBinder x402LimitMeters(Facilitator facilitator, PaymentStore store) {
			return Observations.limitMeters(facilitator, store);
		}

		@Bean
		@ConditionalOnMissingBean(name = "x402ListingMeters")
		@ConditionalOnSingleCandidate(Facilitator.class)
		MeterBinder x402ListingMeters(Facilitator facilitator) {
			return Observations.listingMeters(facilitator);
		}

	}

}
