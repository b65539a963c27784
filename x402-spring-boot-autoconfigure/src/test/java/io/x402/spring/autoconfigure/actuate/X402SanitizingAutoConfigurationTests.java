/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class X402SanitizingAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(X402SanitizingAutoConfiguration.class));

	@ParameterizedTest
	@ValueSource(strings = { "x402.facilitator.auth.bearer-token", "x402.client.private-key",
			"x402.client.keystore-password", "x402.receipt-check.rpc.url[0]", "X402_RECEIPT_CHECK_RPC_URL",
			"x402.facilitator.onchain.rpc.url", "x402.facilitator.onchain.keys.private-keys[1]",
			"x402.redelivery.encryption-key", "X402_REDELIVERY_ENCRYPTIONKEY" })
	void whenPropertyHoldsACredentialThenItsValueIsNotShown(String name) {
		this.runner.run((context) -> assertThat(
				context.getBean(SanitizingFunction.class).apply(new SanitizableData(null, name, "hunter2")).getValue())
			.isEqualTo(SanitizableData.SANITIZED_VALUE));
	}

	@ParameterizedTest
	@ValueSource(strings = { "x402.pay-to", "x402.facilitator.url", "x402.facilitator.onchain.rpc.timeout" })
	void whenPropertyHoldsNoCredentialThenItsValueIsShown(String name) {
		this.runner.run((context) -> assertThat(
				context.getBean(SanitizingFunction.class).apply(new SanitizableData(null, name, "value")).getValue())
			.isEqualTo("value"));
	}

	@Test
	void whenActuatorIsAbsentThenStarts() {
		this.runner.withClassLoader(new FilteredClassLoader(SanitizingFunction.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("x402SanitizingFunction"));
	}

}
