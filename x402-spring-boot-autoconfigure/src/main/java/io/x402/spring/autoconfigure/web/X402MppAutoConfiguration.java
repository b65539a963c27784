/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.time.Clock;

import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.web.PaymentFraming;
import io.x402.spring.web.mpp.MachinePayments;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the Machine Payments Protocol, on Spring MVC and WebFlux.
 *
 * @since 0.2.0
 */
@AutoConfiguration(after = X402AutoConfiguration.class)
@ConditionalOnWebApplication
@ConditionalOnX402Enabled
@ConditionalOnBooleanProperty("x402.mpp.enabled")
@EnableConfigurationProperties(X402MppProperties.class)
public final class X402MppAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(PaymentFraming.class)
	MachinePayments x402MachinePayments(X402MppProperties properties, X402Properties seller, PaymentCodec codec,
			Networks networks, ObjectProvider<Clock> clock) {
		return new MachinePayments(properties.toSettings(seller.headerLimit()), codec, networks,
				clock.getIfUnique(Clock::systemUTC));
	}

}
