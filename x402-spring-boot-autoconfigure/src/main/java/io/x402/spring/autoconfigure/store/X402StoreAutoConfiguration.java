/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.store;

import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.store.PaymentStore;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/**
 * Auto-configuration for a {@link PaymentStore} and a ledger of the configured type.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = X402AutoConfiguration.class,
		afterName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
				"org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration" })
@EnableConfigurationProperties({ X402StoreProperties.class, X402LedgerProperties.class, X402Properties.class,
		X402FreeQuotaProperties.class })
@Import({ StoreConfigurations.Jdbc.class, StoreConfigurations.Redis.class, StoreConfigurations.Memory.class,
		StoreConfigurations.Unavailable.class })
public final class X402StoreAutoConfiguration {

}
