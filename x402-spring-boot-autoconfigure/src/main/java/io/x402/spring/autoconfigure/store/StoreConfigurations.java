/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.store;

import java.time.Clock;

import javax.sql.DataSource;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.x402.spring.autoconfigure.ConditionalOnX402Enabled;
import io.x402.spring.autoconfigure.X402Properties;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.store.InMemoryPassStore;
import io.x402.spring.store.InMemoryPaymentLedger;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.InMemoryPaymentStore.Capacity;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.QuotaStore;
import io.x402.spring.store.jdbc.JdbcStores;
import io.x402.spring.store.redis.RedisStores;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.unit.DataSize;

/**
 * Configurations of stores. Shared stores must be requested, because an existing database
 * may not have the tables.
 */
final class StoreConfigurations {

	private StoreConfigurations() {
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "x402.store.type", havingValue = "jdbc")
	@ConditionalOnClass({ JdbcClient.class, DataSourceScriptDatabaseInitializer.class })
	@ConditionalOnSingleCandidate(DataSource.class)
	@ConditionalOnMissingBean(PaymentStore.class)
	static class Jdbc {

		@Bean
		@DependsOnDatabaseInitialization
		PaymentStore x402PaymentStore(DataSource dataSource, PaymentCodec codec, X402StoreProperties store,
				X402LedgerProperties ledger) {
			return new JdbcStores(dataSource, store.jdbc().timeout()).payments(codec, store.lease(),
					ledger.retention());
		}

		@Bean
		@DependsOnDatabaseInitialization
		@ConditionalOnMissingBean(PaymentLedger.class)
		PaymentLedger x402PaymentLedger(DataSource dataSource, X402StoreProperties properties) {
			return new JdbcStores(dataSource, properties.jdbc().timeout()).ledger();
		}

		@Bean
		@DependsOnDatabaseInitialization
		@ConditionalOnMissingBean(PassStore.class)
		PassStore x402PassStore(DataSource dataSource, X402StoreProperties properties) {
			return new JdbcStores(dataSource, properties.jdbc().timeout()).passes();
		}

		@Bean
		@DependsOnDatabaseInitialization
		@ConditionalOnMissingBean
		QuotaStore x402QuotaStore(DataSource dataSource, X402StoreProperties store, X402FreeQuotaProperties quotas) {
			return new JdbcStores(dataSource, store.jdbc().timeout()).quotas(quotas.maxClients());
		}

		@Bean
		X402DataSourceScriptDatabaseInitializer x402DataSourceScriptDatabaseInitializer(DataSource dataSource,
				X402StoreProperties properties) {
			return new X402DataSourceScriptDatabaseInitializer(dataSource, properties.jdbc(),
					X402StoreProperties.SCHEMA);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "x402.store.type", havingValue = "redis")
	@ConditionalOnClass(StringRedisTemplate.class)
	@ConditionalOnBean(StringRedisTemplate.class)
	@ConditionalOnMissingBean(PaymentStore.class)
	static class Redis {

		@Bean
		PaymentStore x402PaymentStore(StringRedisTemplate redis, PaymentCodec codec, X402StoreProperties properties,
				X402LedgerProperties ledger) {
			return new RedisStores(redis).payments(codec, properties.lease(), ledger.retention());
		}

		@Bean
		PaymentLedger x402PaymentLedger(StringRedisTemplate redis) {
			return new RedisStores(redis).ledger();
		}

		@Bean
		@ConditionalOnMissingBean(PassStore.class)
		PassStore x402PassStore(StringRedisTemplate redis) {
			return new RedisStores(redis).passes();
		}

		@Bean
		@ConditionalOnMissingBean
		QuotaStore x402QuotaStore(StringRedisTemplate redis, X402FreeQuotaProperties quotas) {
			return new RedisStores(redis).quotas(quotas.maxClients());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "x402.store.type", havingValue = "memory", matchIfMissing = true)
	@ConditionalOnClass(Caffeine.class)
	@ConditionalOnMissingBean(PaymentStore.class)
	static class Memory {

		private static final Log logger = LogFactory.getLog(InMemoryPaymentStore.class);

		/** About 100 MB. */
		private static final int MAX_PASSES = 100_000;

		@Bean
		InMemoryPaymentLedger x402PaymentLedger(X402LedgerProperties properties, ObjectProvider<Clock> clock) {
			return new InMemoryPaymentLedger(properties.maxEntries(), clock.getIfUnique(Clock::systemUTC));
		}

		@Bean
		@ConditionalOnMissingBean(PassStore.class)
		InMemoryPassStore x402PassStore(ObjectProvider<Clock> clock) {
			return new InMemoryPassStore(MAX_PASSES, clock.getIfUnique(Clock::systemUTC));
		}

		@Bean
		InMemoryPaymentStore x402PaymentStore(X402StoreProperties properties, X402Properties x402,
				InMemoryPaymentLedger ledger, ObjectProvider<Clock> clock, ObjectProvider<DataSource> dataSources,
				Environment environment) {
			if (dataSources.stream().findAny().isPresent() && !environment.containsProperty("x402.store.type")) {
				logger.info("Claims are stored in the memory of this process. "
						+ "Set x402.store.type=jdbc to store them in your database, shared by all instances.");
			}
			CloudPlatform platform = CloudPlatform.getActive(environment);
			if (platform != null) {
				logger.warn("Claims are stored in the memory of this process only, but it runs on " + platform
						+ ". With a second instance, or after a restart, a handler can run again for the same payment. "
						+ "Set x402.store.type to jdbc or redis.");
			}
			return new InMemoryPaymentStore(capacity(properties), x402.redelivery().maxMemory().toBytes(), ledger,
					properties.lease(), clock.getIfUnique(Clock::systemUTC));
		}

		private static Capacity capacity(X402StoreProperties properties) {
			if (properties.maxClaims() != null) {
				return Capacity.ofClaims(properties.maxClaims());
			}
			DataSize memory = properties.maxMemory();
			return Capacity.ofBytes((memory != null) ? memory.toBytes() : Runtime.getRuntime().maxMemory() / 4);
		}

	}

	/**
	 * Comes after the other configurations.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnX402Enabled
	@ConditionalOnMissingBean(PaymentStore.class)
	static class Unavailable {

		@Bean
		PaymentStore x402PaymentStore(X402StoreProperties properties) {
			throw properties.type().unavailable("x402.store.type");
		}

	}

}
