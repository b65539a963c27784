/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import io.x402.spring.access.Passes;
import io.x402.spring.autoconfigure.web.servlet.X402WebMvcAutoConfiguration;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the {@link PassesEndpoint}.
 */
@AutoConfiguration(after = X402WebMvcAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(PassesEndpoint.class)
final class X402PassesEndpointAutoConfiguration {

	@Bean
	@ConditionalOnBean(Passes.class)
	@ConditionalOnMissingBean
	PassesEndpoint x402PassesEndpoint(Passes passes) {
		return new PassesEndpoint(passes);
	}

}
