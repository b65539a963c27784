/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.client;

import javax.sql.DataSource;

import io.x402.spring.autoconfigure.store.X402DataSourceScriptDatabaseInitializer;
import io.x402.spring.store.InMemorySpendingStore;
import io.x402.spring.store.SpendingStore;
import io.x402.spring.store.jdbc.JdbcStores;
import io.x402.spring.store.redis.RedisStores;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Configurations of spending stores.
 */
final class X402ClientStoreConfigurations {

	private X402ClientStoreConfigurations() {
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "x402.client.store.type", havingValue = "jdbc")
	@ConditionalOnClass({ JdbcClient.class, DataSourceScriptDatabaseInitializer.class })
	@ConditionalOnSingleCandidate(DataSource.class)
	@ConditionalOnMissingBean(SpendingStore.class)
	static class Jdbc {

		private static final String SCHEMA = "classpath:io/x402/spring/store/jdbc/spending-@@platform@@.sql";

		@Bean
		@DependsOnDatabaseInitialization
		SpendingStore x402SpendingStore(DataSource dataSource, X402ClientProperties properties) {
			return new JdbcStores(dataSource, properties.store().jdbc().timeout()).spendings();
		}

		@Bean
		X402DataSourceScriptDatabaseInitializer x402SpendingDatabaseInitializer(DataSource dataSource,
				X402ClientProperties properties) {
			return new X402DataSourceScriptDatabaseInitializer(dataSource, properties.store().jdbc(), SCHEMA);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "x402.client.store.type", havingValue = "redis")
	@ConditionalOnClass(StringRedisTemplate.class)
	@ConditionalOnBean(StringRedisTemplate.class)
	@ConditionalOnMissingBean(SpendingStore.class)
	static class Redis {

		@Bean
		SpendingStore x402SpendingStore(StringRedisTemplate redis) {
			return new RedisStores(redis).spendings();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "x402.client.store.type", havingValue = "memory", matchIfMissing = true)
	@ConditionalOnMissingBean(SpendingStore.class)
	static class Memory {

		@Bean
		InMemorySpendingStore x402SpendingStore() {
			return new InMemorySpendingStore();
		}

	}

	/**
	 * Comes after the other configurations.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(SpendingStore.class)
	static class Unavailable {

		@Bean
		SpendingStore x402SpendingStore(X402ClientProperties properties) {
			throw properties.store().type().unavailable("x402.client.store.type");
		}

	}

}
