/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.time.Clock;

import io.micrometer.core.instrument.MeterRegistry;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.autoconfigure.web.CsrfHeaders;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.ManualReconciliation;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;

/**
 * Auto-configuration for the {@link ConsoleEndpoint}.
 */
@AutoConfiguration(after = { X402StoreAutoConfiguration.class, X402FacilitatorAutoConfiguration.class,
		X402PaymentAutoConfiguration.class })
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
	ConsoleEndpoint x402ConsoleEndpoint(PaymentLedger ledger, ObjectProvider<PaymentStore> store,
			ObjectProvider<PassStore> passes, Networks networks, BeanFactory beans, ObjectProvider<ConsoleHands> hands,
			ObjectProvider<Clock> clock, Environment environment) {
		if (ManagementPortType.get(environment) == ManagementPortType.SAME) {
			logger.warn("The console of the seller is served on the port of the shop. It shows revenue and customers: "
					+ "protect the actuator, or set management.server.port.");
		}
		return new ConsoleEndpoint(ledger,
				new SalesFigures(ledger, store.getIfUnique(), passes.getIfUnique(), networks),
				new InstanceParts(beans, networks)::read, clock.getIfUnique(Clock::systemUTC), hands.getIfAvailable());
	}

	/**
	 * An endpoint that may only be read has no hands.
	 */
	@Bean
	@ConditionalOnBean(ManualReconciliation.class)
	@Nullable ConsoleHands x402ConsoleHands(ManualReconciliation reconciliation, ApplicationEventPublisher events,
			EndpointAccessResolver access, ObjectProvider<CsrfHeaders> csrf) {
		return (access.accessFor(EndpointId.of("x402console"), Access.UNRESTRICTED) == Access.UNRESTRICTED)
				? new ConsoleHands(reconciliation, events, csrf.getIfAvailable(() -> () -> HttpHeaders.EMPTY)) : null;
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	static class MetersConfiguration {

		@Bean
		@Nullable CallTimers x402CallTimers(ObjectProvider<MeterRegistry> registry) {
			MeterRegistry unique = registry.getIfUnique();
			return (unique != null) ? new CallTimers(unique) : null;
		}

	}

}
