/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.time.Duration;

import com.zaxxer.hikari.HikariDataSource;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.tck.PassStoreContractTests;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * Tests for {@link JdbcPassStore}, the same for each database.
 */
abstract class AbstractJdbcPassStoreTests extends PassStoreContractTests {

	private HikariDataSource pool;

	abstract void connect(HikariDataSource pool);

	abstract String platform();

	@BeforeEach
	void createTables() {
		this.pool = new HikariDataSource();
		this.pool.setMaximumPoolSize(8);
		this.pool.setConnectionTimeout(60_000);
		connect(this.pool);
		new ResourceDatabasePopulator(new ClassPathResource("schema-" + platform() + ".sql", JdbcPassStore.class))
			.execute(this.pool);
	}

	@AfterEach
	void disconnect() {
		this.pool.close();
	}

	@Override
	protected PassStore createStore() {
		return new JdbcPassStore(this.pool, Duration.ofSeconds(60));
	}

}
