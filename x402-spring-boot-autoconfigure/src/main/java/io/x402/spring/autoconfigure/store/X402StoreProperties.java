/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.store;

import java.time.Duration;
import java.util.Locale;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.autoconfigure.Limits;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties for the store of claims.
 *
 * @param type Type of store. Several instances must share a store.
 * @param maxClaims Maximum number of claims in the in-memory store, which refuses
 * payments beyond it. By default, their memory is limited instead.
 * @param maxMemory Maximum memory for the claims of the in-memory store, which refuses
 * payments beyond it. By default, a quarter of the maximum heap.
 * @param retention Time for which a claim is kept after its authorization has expired.
 * @param lease Time after which unfinished claims of a crashed instance are released.
 * Running instances renew their claims more often.
 * @param jdbc JDBC store.
 * @since 0.1.0
 */
@ConfigurationProperties("x402.store")
public record X402StoreProperties(@DefaultValue("memory") Type type, @Nullable Integer maxClaims,
		@Nullable DataSize maxMemory, @DefaultValue("15m") Duration retention, @DefaultValue("30s") Duration lease,
		@DefaultValue Jdbc jdbc) {

	/**
	 * Script that creates the tables.
	 */
	static final String SCHEMA = "classpath:io/x402/spring/store/jdbc/schema-@@platform@@.sql";

	private static final String PREFIX = "x402.store.";

	public X402StoreProperties {
		if (maxClaims != null) {
			Limits.number(PREFIX + "max-claims", maxClaims, 1);
		}
		if (maxMemory != null) {
			Limits.size(PREFIX + "max-memory", maxMemory, DataSize.ofMegabytes(16), DataSize.ofTerabytes(1));
		}
		Limits.duration(PREFIX + "retention", retention, Duration.ZERO, Duration.ofDays(366));
		Limits.duration(PREFIX + "lease", lease, Duration.ofMillis(10), Duration.ofHours(1));
	}

	/**
	 * Type of store.
	 */
	public enum Type {

		/** Memory of this process, for a single instance. Empty after a restart. */
		MEMORY,

		/** Database. */
		JDBC,

		/** Redis. */
		REDIS;

		/**
		 * Describe why a store of this type cannot be created.
		 * @param property name of the property with the type
		 * @return an exception that names what the application lacks
		 */
		public InvalidPropertyException unavailable(String property) {
			return switch (this) {
				case MEMORY -> unavailable(property, "there is no Caffeine cache on the classpath",
						"Add com.github.ben-manes.caffeine:caffeine, which the starter brings.");
				case JDBC -> unavailableJdbc(property);
				case REDIS -> unavailableRedis(property);
			};
		}

		private InvalidPropertyException unavailableJdbc(String property) {
			if (isPresent("org.springframework.jdbc.core.simple.JdbcClient")
					&& isPresent("org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer")) {
				return unavailable(property, "there is no DataSource bean, or more than one and none is primary",
						"Set spring.datasource.url and add the driver of your database, "
								+ "or declare a @Primary DataSource bean.");
			}
			return unavailable(property, "Spring's JDBC support is not on the classpath",
					"Add spring-boot-starter-jdbc.");
		}

		private InvalidPropertyException unavailableRedis(String property) {
			if (isPresent("org.springframework.data.redis.core.StringRedisTemplate")) {
				return unavailable(property, "there is no StringRedisTemplate bean",
						"Set spring.data.redis.url, and do not exclude the auto-configuration of Redis.");
			}
			return unavailable(property, "Spring Data Redis is not on the classpath",
					"Add spring-boot-starter-data-redis.");
		}

		private InvalidPropertyException unavailable(String property, String problem, String remedy) {
			return new InvalidPropertyException(property, name().toLowerCase(Locale.ROOT), problem,
					remedy + " Or use another type of store, or declare a store bean.");
		}

		private static boolean isPresent(String type) {
			return ClassUtils.isPresent(type, Type.class.getClassLoader());
		}

	}

	/**
	 * JDBC store.
	 *
	 * @param initializeSchema Database schema initialization mode.
	 * @param schema Location of the script that creates the tables. The placeholder
	 * '@@platform@@' stands for the platform.
	 * @param platform Platform to use in the location of the script. Detected by default.
	 * @param timeout Maximum time to wait for a database query.
	 */
	public record Jdbc(@DefaultValue("embedded") SchemaInitialization initializeSchema, @Nullable String schema,
			@Nullable String platform, @DefaultValue("5s") Duration timeout) {

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

}
