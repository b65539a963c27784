/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that sets a limit by its former name does not start.
 */
class RenamedPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(X402AutoConfiguration.class));

	static Set<Map.Entry<String, String>> names() {
		return RenamedProperties.load().entrySet();
	}

	@ParameterizedTest
	@MethodSource("names")
	void whenFormerNameIsSetThenStartFailsAndNamesTheCurrentOne(Map.Entry<String, String> names) {
		this.runner.withPropertyValues(names.getKey() + "=1").run((context) -> {
			FailureAnalysis analysis = analysis(context.getStartupFailure());
			assertThat(analysis.getDescription()).contains(names.getKey());
			assertThat(analysis.getAction()).contains(names.getValue());
		});
	}

	@Test
	void whenCurrentNamesAreSetThenStarts() {
		names().forEach((entry) -> this.runner.withPropertyValues(entry.getValue() + "=1")
			.run((context) -> assertThat(context.getStartupFailure() instanceof RenamedPropertiesException).isFalse()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "x402.client.networks[0]=base", "x402.client.max-amount-per-host.shop=1",
			"x402.client.maxAmountPerDay=5", "X402.CLIENT.MAX_AMOUNT_PER_DAY=5" })
	void whenFormerNameIsWrittenOtherwiseThenStartFails(String property) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(context.getStartupFailure()).isInstanceOf(RenamedPropertiesException.class));
	}

	@Test
	void whenSeveralFormerNamesAreSetThenAllAreNamedAndNoValue() {
		this.runner
			.withPropertyValues("x402.client.max-amount-per-day=5", "x402.facilitator.onchain.private-keys=0xs3cret")
			.run((context) -> {
				FailureAnalysis analysis = analysis(context.getStartupFailure());
				assertThat(analysis.getAction()).contains("x402.client.limits.max-amount-per-day",
						"x402.facilitator.onchain.keys.private-keys");
				assertThat(analysis.getDescription() + analysis.getAction()).doesNotContain("s3cret");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "X402_FACILITATOR_SUPPORTED_TIMEOUT", "X402_RECEIPT_CHECK_RPC_URL_0",
			"X402_FACILITATOR_ONCHAIN_RPC_TIMEOUT" })
	void whenEnvironmentVariableStandsForCurrentNameThenStarts(String variable) {
		this.runner.withInitializer((context) -> addFirst(context.getEnvironment(), variable, "5s"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "X402_CLIENT_MAXAMOUNTPERDAY", "X402_CLIENT_MAX_AMOUNT_PER_DAY",
			"X402_CLIENT_ALLOWED_HOSTS_0" })
	void whenEnvironmentVariableIsAFormerNameThenStartFails(String variable) {
		this.runner.withInitializer((context) -> addFirst(context.getEnvironment(), variable, "5"))
			.run((context) -> assertThat(context.getStartupFailure()).isInstanceOf(RenamedPropertiesException.class));
	}

	@Test
	void whenPropertiesMigratorHasRenamedThenStarts() {
		this.runner.withInitializer((context) -> {
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("file", Map.of("x402.client.max-amount-per-day", "5")));
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("migrate-file", Map.of("x402.client.limits.max-amount-per-day", "5")));
		}).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenSwitchedOffThenFormerNamesDoNotMatter() {
		this.runner.withPropertyValues("x402.enabled=false", "x402.client.max-amount-per-day=5")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static void addFirst(ConfigurableEnvironment environment, String variable, String value) {
		environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", Map.of(variable, value)));
	}

	private static FailureAnalysis analysis(Throwable failure) {
		return new RenamedPropertiesFailureAnalyzer().analyze(failure, (RenamedPropertiesException) failure);
	}

}
