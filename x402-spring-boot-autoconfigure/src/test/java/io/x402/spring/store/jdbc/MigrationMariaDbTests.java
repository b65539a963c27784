/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import javax.sql.DataSource;

import io.x402.spring.store.Servers;
import org.junit.jupiter.api.AfterEach;
import org.testcontainers.mariadb.MariaDBContainer;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Has a server of its own, because its user has one database only.
 */
class MigrationMariaDbTests extends AbstractMigrationTests {

	private final MariaDBContainer server = new MariaDBContainer(Servers.mariadb().getDockerImageName());

	@AfterEach
	void stop() {
		this.server.stop();
	}

	@Override
	DataSource dataSource() {
		this.server.start();
		return new DriverManagerDataSource(this.server.getJdbcUrl(), this.server.getUsername(),
				this.server.getPassword());
	}

	@Override
	String platform() {
		return "mariadb";
	}

	@Override
	String currentSchema() {
		return "DATABASE()";
	}

}
