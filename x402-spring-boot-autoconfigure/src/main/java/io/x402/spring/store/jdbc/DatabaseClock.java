/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.sql.DatabaseMetaData;
import java.util.Locale;

import javax.sql.DataSource;

import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/**
 * How a database tells the time in milliseconds since the epoch.
 */
enum DatabaseClock {

	/** PostgreSQL, H2 and what follows the standard with them. */
	STANDARD("CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)"),

	/** MariaDB and MySQL. */
	MARIADB("TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000");

	private final String millis;

	DatabaseClock(String millis) {
		this.millis = millis;
	}

	/**
	 * Return the expression.
	 * @return SQL for the current time
	 */
	String millis() {
		return "(" + this.millis + ")";
	}

	static DatabaseClock of(DataSource dataSource) throws MetaDataAccessException {
		String product = JdbcUtils.extractDatabaseMetaData(dataSource, DatabaseMetaData::getDatabaseProductName)
			.toLowerCase(Locale.ROOT);
		return (product.contains("mariadb") || product.contains("mysql")) ? MARIADB : STANDARD;
	}

}
