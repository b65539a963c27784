/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.time.Duration;
import java.util.UUID;

import com.zaxxer.hikari.HikariDataSource;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.QuotaClient;
import io.x402.spring.store.QuotaStore;
import io.x402.spring.store.QuotaStoreContractTests;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link JdbcQuotaStore}, the same for each database.
 */
abstract class AbstractJdbcQuotaStoreTests extends QuotaStoreContractTests {

	private HikariDataSource pool;

	abstract void connect(HikariDataSource pool);

	abstract String platform();

	@BeforeEach
	void createTables() {
		this.pool = new HikariDataSource();
		this.pool.setMaximumPoolSize(8);
		connect(this.pool);
		new ResourceDatabasePopulator(new ClassPathResource("schema-" + platform() + ".sql", JdbcQuotaStore.class))
			.execute(this.pool);
	}

	@AfterEach
	void disconnect() {
		this.pool.close();
	}

	@Override
	protected QuotaStore store(int maxClients) {
		return new JdbcQuotaStore(this.pool, Duration.ofSeconds(60), maxClients);
	}

	@Test
	void whenPeriodHasEndedThenMaintenanceDeletesTheRow() {
		QuotaStore store = store(10_000);
		QuotaClient client = QuotaClient.of(UUID.randomUUID().toString(), "a", 1, Duration.ofMillis(200));
		for (int i = 0; i < 600; i++) {
			store.take(QuotaClient.of(client.quota(), "client" + i, 1, Duration.ofMillis(200)));
		}
		await().untilAsserted(() -> {
			store.maintain();
			assertThat(JdbcClient.create(this.pool)
				.sql("SELECT COUNT(*) FROM x402_free_call WHERE quota = ?")
				.param(QuotaClient.of(client.quota(), "", 1, Duration.ofMillis(200)).quota())
				.query(Long.class)
				.single()).isZero();
		});
	}

	@Test
	void whenTableIsMissingThenItIsOnlyNoticedOnceCallsAreCounted() {
		JdbcClient.create(this.pool).sql("DROP TABLE x402_free_call").update();
		QuotaStore store = store(10);
		store.maintain();
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> store.take(QuotaClient.of("price", "a", 1, Duration.ofDays(1))))
			.withMessageContaining("x402_free_call");
	}

}
