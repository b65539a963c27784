/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.x402.spring.store.Servers;
import org.testcontainers.mariadb.MariaDBContainer;

/**
 * Tests for {@link JdbcQuotaStore} with MariaDb.
 */
class JdbcQuotaStoreMariaDbTests extends AbstractJdbcQuotaStoreTests {

	private final MariaDBContainer server = Servers.mariadb();

	@Override
	void connect(HikariDataSource pool) {
		pool.setJdbcUrl(this.server.getJdbcUrl());
		pool.setUsername(this.server.getUsername());
		pool.setPassword(this.server.getPassword());
	}

	@Override
	String platform() {
		return "mariadb";
	}

}
