/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.util.UUID;

import javax.sql.DataSource;

import io.x402.spring.store.Servers;
import org.testcontainers.postgresql.PostgreSQLContainer;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class MigrationPostgreSqlTests extends AbstractMigrationTests {

	private final PostgreSQLContainer server = Servers.postgresql();

	@Override
	DataSource dataSource() {
		String schema = "m" + UUID.randomUUID().toString().replace("-", "");
		DriverManagerDataSource dataSource = new DriverManagerDataSource(this.server.getJdbcUrl(),
				this.server.getUsername(), this.server.getPassword());
		JdbcClient.create(dataSource).sql("CREATE SCHEMA " + schema).update();
		dataSource.setSchema(schema);
		return dataSource;
	}

	@Override
	String platform() {
		return "postgresql";
	}

}
