/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.x402.spring.store.Servers;
import org.junit.jupiter.api.Tag;
import org.testcontainers.postgresql.PostgreSQLContainer;

@Tag("long")
class JdbcPaymentStorePostgreSqlTests extends JdbcPaymentStoreContractTests {

	private final PostgreSQLContainer server = Servers.postgresql();

	@Override
	HikariDataSource pool(int size) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(this.server.getJdbcUrl());
		pool.setUsername(this.server.getUsername());
		pool.setPassword(this.server.getPassword());
		pool.setMaximumPoolSize(size);
		return pool;
	}

	@Override
	String platform() {
		return "postgresql";
	}

}
