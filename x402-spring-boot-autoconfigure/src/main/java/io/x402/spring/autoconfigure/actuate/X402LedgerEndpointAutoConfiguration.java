/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.store.PaymentLedger;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the {@link PaymentLedgerEndpoint}.
 */
@AutoConfiguration(after = X402StoreAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(PaymentLedgerEndpoint.class)
final class X402LedgerEndpointAutoConfiguration {

	@Bean
	@ConditionalOnBean(PaymentLedger.class)
	@ConditionalOnMissingBean
	PaymentLedgerEndpoint x402PaymentLedgerEndpoint(PaymentLedger ledger) {
		return new PaymentLedgerEndpoint(ledger);
	}

}
