/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.facilitator.Facilitator;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class X402FacilitatorHealthAutoConfigurationTests {

	private static final String INDICATOR = "x402HealthIndicator";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(X402AutoConfiguration.class, X402FacilitatorAutoConfiguration.class,
				X402FacilitatorHealthAutoConfiguration.class));

	@Test
	void whenFacilitatorIsRemoteThenItsHealthIsReported() {
		this.runner.run((context) -> assertThat(context).getBean(INDICATOR).isInstanceOf(HealthIndicator.class));
	}

	@Test
	void whenHealthCheckIsDisabledThenThereIsNone() {
		this.runner.withPropertyValues("management.health.x402.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(INDICATOR));
	}

	@Test
	void whenFacilitatorHasNoConditionThenThereIsNone() {
		this.runner.withPropertyValues("x402.facilitator.type=simulated")
			.run((context) -> assertThat(context).hasSingleBean(Facilitator.class).doesNotHaveBean(INDICATOR));
	}

	@Test
	void whenDisabledThenThereIsNone() {
		this.runner.withPropertyValues("x402.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(INDICATOR));
	}

	@Test
	void whenIndicatorIsDeclaredThenItReplacesTheDefault() {
		HealthIndicator own = () -> null;
		this.runner.withBean("x402HealthContributor", HealthIndicator.class, () -> own)
			.run((context) -> assertThat(context).getBean(HealthIndicator.class).isSameAs(own));
	}

	@Test
	void whenHealthIsAbsentThenTheFacilitatorWorks() {
		this.runner.withClassLoader(new FilteredClassLoader(HealthIndicator.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(Facilitator.class)
				.doesNotHaveBean(INDICATOR));
	}

}
