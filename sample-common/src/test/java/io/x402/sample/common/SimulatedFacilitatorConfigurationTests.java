/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.common;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SimulatedFacilitatorConfiguration}.
 */
class SimulatedFacilitatorConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(SimulatedFacilitatorConfiguration.class);

	@Test
	void whenNoFacilitatorIsNamedThenTheSimulatedOneIsChosen() {
		this.runner.run((context) -> assertThat(context.getEnvironment().getProperty("x402.facilitator.type"))
			.isEqualTo("simulated"));
	}

	@Test
	void whenTheNameIsEmptyThenTheSimulatedOneIsChosen() {
		this.runner.withPropertyValues("x402.facilitator.url=")
			.run((context) -> assertThat(context.getEnvironment().getProperty("x402.facilitator.type"))
				.isEqualTo("simulated"));
	}

	@Test
	void whenAFacilitatorIsNamedThenTheTypeIsLeftToTheStarter() {
		this.runner.withSystemProperties("x402.facilitator.url=http://127.0.0.1:18402")
			.run((context) -> assertThat(context.getEnvironment().containsProperty("x402.facilitator.type")).isFalse());
	}

}
