/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.util.UUID;

import com.zaxxer.hikari.HikariDataSource;

/**
 * Tests for {@link JdbcQuotaStore} with H2.
 */
class JdbcQuotaStoreH2Tests extends AbstractJdbcQuotaStoreTests {

	private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";

	@Override
	void connect(HikariDataSource pool) {
		pool.setJdbcUrl(this.url);
	}

	@Override
	String platform() {
		return "h2";
	}

}
