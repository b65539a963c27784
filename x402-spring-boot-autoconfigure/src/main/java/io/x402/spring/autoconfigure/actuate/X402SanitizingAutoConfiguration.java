/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import io.x402.spring.autoconfigure.X402AutoConfiguration;

import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the sanitizing of credentials in actuator endpoints.
 */
@AutoConfiguration(after = X402AutoConfiguration.class)
@ConditionalOnClass(SanitizingFunction.class)
final class X402SanitizingAutoConfiguration {

	@Bean
	SanitizingFunction x402SanitizingFunction() {
		return (data) -> SecretProperties.isSecret(data.getKey()) ? data.withSanitizedValue() : data;
	}

}
