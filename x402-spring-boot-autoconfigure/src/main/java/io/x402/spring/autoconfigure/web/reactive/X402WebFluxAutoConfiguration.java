/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.reactive;

import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.pricing.PricedMethods;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for applications on WebFlux, on which HTTP endpoints cannot be sold.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = X402AutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
public final class X402WebFluxAutoConfiguration {

	@Bean
	ReactivePriceCheck x402ReactivePriceCheck(ConfigurableListableBeanFactory beanFactory, X402Properties properties,
			ObjectProvider<PricedMethods> otherTransports) {
		return new ReactivePriceCheck(beanFactory, properties, otherTransports);
	}

}
