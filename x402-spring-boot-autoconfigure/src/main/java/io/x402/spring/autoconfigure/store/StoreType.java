/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.store;

import java.util.Locale;

import io.x402.spring.autoconfigure.InvalidPropertyException;

import org.springframework.util.ClassUtils;

/**
 * Type of store.
 *
 * @since 0.1.0
 */
public enum StoreType {

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
		return unavailable(property, "Spring's JDBC support is not on the classpath", "Add spring-boot-starter-jdbc.");
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
		return ClassUtils.isPresent(type, StoreType.class.getClassLoader());
	}

}
