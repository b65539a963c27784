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
 * What databases say in different words.
 */
enum SqlDialect {

	/** PostgreSQL, which changes two tables with one statement. */
	POSTGRESQL("CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)", " OFFSET 0"),

	/** H2 and what follows the standard with it. */
	STANDARD("CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)", " OFFSET 0"),

	/** MariaDB and MySQL. */
	MARIADB("TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000", "");

	private final String millis;

	private final String fence;

	SqlDialect(String millis, String fence) {
		this.millis = millis;
		this.fence = fence;
	}

	/**
	 * Return the expression for the time in milliseconds since the epoch, by the clock of
	 * the database.
	 * @return SQL for the current time
	 */
	String millis() {
		return "(" + this.millis + ")";
	}

	/**
	 * Return what ends a query in another one if the two are to be planned on their own.
	 * PostgreSQL expects as many groups of a calculated column as there are rows, and
	 * sorts them all on disk, unless it does not see how the column is calculated.
	 * @return SQL, may be empty
	 */
	String fence() {
		return this.fence;
	}

	static SqlDialect of(DataSource dataSource) throws MetaDataAccessException {
		String product = JdbcUtils.extractDatabaseMetaData(dataSource, DatabaseMetaData::getDatabaseProductName)
			.toLowerCase(Locale.ROOT);
		if (product.contains("postgresql")) {
			return POSTGRESQL;
		}
		return (product.contains("mariadb") || product.contains("mysql")) ? MARIADB : STANDARD;
	}

}
