/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.util.UUID;

import com.zaxxer.hikari.HikariDataSource;

class JdbcPaymentStoreH2Tests extends JdbcPaymentStoreContractTests {

	private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";

	@Override
	HikariDataSource pool(int size) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(this.url);
		pool.setMaximumPoolSize(size);
		return pool;
	}

	@Override
	String platform() {
		return "h2";
	}

}
