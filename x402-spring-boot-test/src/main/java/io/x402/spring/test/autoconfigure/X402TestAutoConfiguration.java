/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test.autoconfigure;

import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.onchain.X402OnChainAutoConfiguration;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.facilitator.SimulatedFacilitator;
import io.x402.spring.money.Networks;
import io.x402.spring.test.ScriptedFacilitator;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for a {@link ScriptedFacilitator} that takes the place of the
 * facilitator of the application, on all EVM networks. A {@link Facilitator} bean that a
 * test declares takes precedence.
 *
 * @since 0.1.0
 * @see AutoConfigureX402
 */
@AutoConfiguration(after = X402AutoConfiguration.class,
		before = { X402FacilitatorAutoConfiguration.class, X402OnChainAutoConfiguration.class })
@ConditionalOnX402Enabled
public final class X402TestAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(Facilitator.class)
	ScriptedFacilitator x402ScriptedFacilitator(Networks networks, ObjectProvider<PayloadCheck> checks) {
		return new ScriptedFacilitator(SimulatedFacilitator.kinds(networks.all()), checks.orderedStream().toList());
	}

}
