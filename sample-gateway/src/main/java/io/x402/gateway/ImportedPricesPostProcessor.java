/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import io.x402.spring.autoconfigure.X402Properties;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/**
 * Adds the prices of OpenAPI documents to those under {@code x402.routes}.
 */
@Component
final class ImportedPricesPostProcessor implements BeanPostProcessor {

	private final ObjectProvider<ImportedPrices> prices;

	ImportedPricesPostProcessor(ObjectProvider<ImportedPrices> prices) {
		this.prices = prices;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof X402Properties own) {
			return new X402Properties(own.enabled(), own.payTo(), own.network(), own.baseUrl(), own.maxTimeout(),
					own.protocolVersions(), own.headerLimit(), own.malformedPaymentStatus(), own.freeFor(),
					this.prices.getObject().before(own.routes()), own.assets(), own.settlement(), own.validation(),
					own.redelivery());
		}
		return bean;
	}

}
