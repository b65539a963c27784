/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.store;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties of a store in a database.
 *
 * @param initializeSchema Database schema initialization mode.
 * @param schema Location of the script that creates the tables. The placeholder
 * '@@platform@@' stands for the platform.
 * @param platform Platform to use in the location of the script. Detected by default.
 * @param timeout Maximum time to wait for a database query.
 * @since 0.1.0
 */
public record JdbcStoreProperties(@DefaultValue("embedded") SchemaInitialization initializeSchema,
		@Nullable String schema, @Nullable String platform, @DefaultValue("5s") Duration timeout) {

	/**
	 * Database schema initialization mode.
	 */
	public enum SchemaInitialization {

		/** Always initialize the schema. */
		ALWAYS,

		/** Only initialize the schema of an embedded database. */
		EMBEDDED,

		/** Never initialize the schema. */
		NEVER

	}

}
