/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.store;

import java.time.Duration;

import io.x402.spring.autoconfigure.Limits;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties for the store of claims.
 *
 * @param type Type of store. Several instances must share a store.
 * @param maxClaims Maximum number of claims in the in-memory store. A full store refuses
 * payments.
 * @param retention Time for which a claim is kept after its authorization has expired.
 * @param lease Time after which unfinished claims of a crashed instance are released.
 * Running instances renew their claims more often.
 * @param jdbc JDBC store.
 * @since 0.1.0
 */
@ConfigurationProperties("x402.store")
public record X402StoreProperties(@DefaultValue("memory") StoreType type, @DefaultValue("100000") int maxClaims,
		@DefaultValue("15m") Duration retention, @DefaultValue("30s") Duration lease,
		@NestedConfigurationProperty @DefaultValue JdbcStoreProperties jdbc) {

	/**
	 * Script that creates the tables.
	 */
	static final String SCHEMA = "classpath:io/x402/spring/store/jdbc/schema-@@platform@@.sql";

	private static final String PREFIX = "x402.store.";

	public X402StoreProperties {
		Limits.number(PREFIX + "max-claims", maxClaims, 1);
		Limits.duration(PREFIX + "retention", retention, Duration.ZERO, Duration.ofDays(366));
		Limits.duration(PREFIX + "lease", lease, Duration.ofMillis(10), Duration.ofHours(1));
	}

}
