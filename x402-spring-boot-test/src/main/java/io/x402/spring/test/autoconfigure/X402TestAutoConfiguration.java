/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.onchain.X402OnChainAutoConfiguration;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.money.Network;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.SchemeRules;
import io.x402.spring.protocol.Schemes;
import io.x402.spring.protocol.SupportedResponse.Kind;
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

	/** Has no known key, and needs none. */
	private static final String SETTLING_ACCOUNT = "0x000000000000000000000000000000000000dEaD";

	@Bean
	@ConditionalOnMissingBean(Facilitator.class)
	ScriptedFacilitator x402ScriptedFacilitator(Networks networks, ObjectProvider<PayloadCheck> checks) {
		return new ScriptedFacilitator(kinds(networks), checks.orderedStream().toList());
	}

	private static List<Kind> kinds(Networks networks) {
		List<Kind> kinds = new ArrayList<>();
		for (Network network : networks.all()) {
			if (network.isEvm()) {
				for (SchemeRules scheme : Schemes.known()) {
					kinds.addAll(scheme.kinds(network.networkId(), network.v1Name(), SETTLING_ACCOUNT));
				}
			}
		}
		return kinds;
	}

}
