/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.x402.spring.store.Servers;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * Tests for {@link JdbcQuotaStore} with PostgreSql.
 */
class JdbcQuotaStorePostgreSqlTests extends AbstractJdbcQuotaStoreTests {

	private final PostgreSQLContainer server = Servers.postgresql();

	@Override
	void connect(HikariDataSource pool) {
		pool.setJdbcUrl(this.server.getJdbcUrl());
		pool.setUsername(this.server.getUsername());
		pool.setPassword(this.server.getPassword());
	}

	@Override
	String platform() {
		return "postgresql";
	}

}
