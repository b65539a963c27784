/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.server;

import java.util.List;

import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.autoconfigure.facilitator.FacilitatorDecorator;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.server.FacilitatorCallerResolver;
import io.x402.spring.server.FacilitatorRateLimit;
import io.x402.spring.server.FacilitatorServer;
import io.x402.spring.server.FacilitatorServerController;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * Auto-configuration for a facilitator server, which verifies and settles payments for
 * other sellers with the {@link Facilitator} of this application.
 */
@AutoConfiguration(after = X402PaymentAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnBooleanProperty("x402.facilitator.server.enabled")
@ConditionalOnX402Enabled
@EnableConfigurationProperties(X402FacilitatorServerProperties.class)
final class X402FacilitatorServerAutoConfiguration {

	private static final Log logger = LogFactory.getLog(FacilitatorServer.class);

	@Bean
	@ConditionalOnMissingBean
	FacilitatorServer x402FacilitatorServer(Facilitator facilitator, ObjectProvider<FacilitatorDecorator> decorators,
			ObjectProvider<PayloadCheck> checks, Networks networks, PaymentCodec codec,
			X402FacilitatorServerProperties properties, X402Properties x402Properties) {
		return new FacilitatorServer(FacilitatorDecorator.decorate(facilitator, decorators),
				checks.orderedStream().toList(), networks, codec, recipients(properties, x402Properties));
	}

	private static List<String> recipients(X402FacilitatorServerProperties properties, X402Properties x402Properties) {
		if (!properties.payTo().isEmpty()) {
			return properties.payTo();
		}
		if (x402Properties.payTo() == null || x402Properties.payTo().isBlank()) {
			throw new InvalidPropertyException("x402.facilitator.server.pay-to", null, "must be set",
					"List the addresses of permitted recipients, or use '*' to permit all.");
		}
		return List.of(x402Properties.payTo());
	}

	@Bean
	@ConditionalOnMissingBean
	FacilitatorCallerResolver x402FacilitatorCallerResolver(X402FacilitatorServerProperties properties) {
		if (properties.tokens().isEmpty()) {
			logger.warn("Callers of " + properties.path()
					+ " are not authenticated: everyone who can reach it may settle payments. "
					+ "Set x402.facilitator.server.tokens, or declare a FacilitatorCallerResolver bean.");
		}
		return FacilitatorCallerResolver.ofTokens(properties.tokens());
	}

	@Bean
	@ConditionalOnMissingBean
	FacilitatorServerController x402FacilitatorServerController(FacilitatorServer server, PaymentCodec codec,
			FacilitatorCallerResolver callers, ObjectProvider<FacilitatorRateLimit> rateLimit,
			X402FacilitatorServerProperties properties) {
		return new FacilitatorServerController(server, codec, callers,
				rateLimit.getIfAvailable(() -> (caller, operation) -> true), (int) properties.bodyLimit().toBytes());
	}

}
