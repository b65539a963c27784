/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.window;

import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Adds the switches while {@code x402.facilitator.url} names no facilitator that is not
 * simulated.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnExpression("'${x402.facilitator.url:}'.isEmpty()")
class FacilitatorSwitchesConfiguration {

	@Bean
	FacilitatorSwitches facilitatorSwitches() {
		return new FacilitatorSwitches();
	}

}
