/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import io.x402.spring.facilitator.MonitoredFacilitator;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the {@link FacilitatorHealthIndicator}.
 */
@AutoConfiguration(after = X402FacilitatorAutoConfiguration.class)
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("x402")
final class X402FacilitatorHealthAutoConfiguration {

	@Bean
	@ConditionalOnSingleCandidate(MonitoredFacilitator.class)
	@ConditionalOnMissingBean(name = { "x402HealthIndicator", "x402HealthContributor" })
	HealthIndicator x402HealthIndicator(MonitoredFacilitator facilitator, ObjectProvider<SupportedOffers> offers) {
		return new FacilitatorHealthIndicator(facilitator, offers.getIfAvailable());
	}

}
