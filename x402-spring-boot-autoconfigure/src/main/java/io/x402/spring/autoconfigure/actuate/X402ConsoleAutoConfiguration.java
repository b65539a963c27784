/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.time.Clock;

import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.money.Networks;
import io.x402.spring.store.PaymentLedger;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for the {@link ConsoleEndpoint}.
 */
@AutoConfiguration(after = { X402StoreAutoConfiguration.class, X402FacilitatorAutoConfiguration.class })
@ConditionalOnClass({ ConditionalOnAvailableEndpoint.class, ManagementPortType.class })
@ConditionalOnWebApplication
@Import(ReactiveConsoleConfiguration.class)
@ConditionalOnBooleanProperty("x402.console.enabled")
@ConditionalOnAvailableEndpoint(ConsoleEndpoint.class)
@EnableConfigurationProperties(X402ConsoleProperties.class)
final class X402ConsoleAutoConfiguration {

	private static final Log logger = LogFactory.getLog(X402ConsoleAutoConfiguration.class);

	@Bean
	@ConditionalOnBean(PaymentLedger.class)
	@ConditionalOnMissingBean
	ConsoleEndpoint x402ConsoleEndpoint(PaymentLedger ledger, Networks networks,
			ObjectProvider<Facilitator> facilitator, ObjectProvider<Clock> clock, Environment environment) {
		if (ManagementPortType.get(environment) == ManagementPortType.SAME) {
			logger.warn("The console of the seller is served on the port of the shop. It shows revenue and customers: "
					+ "protect the actuator, or set management.server.port.");
		}
		return new ConsoleEndpoint(ledger, networks, () -> SellerParts.conditions(facilitator.getIfAvailable()),
				clock.getIfUnique(Clock::systemUTC));
	}

}
