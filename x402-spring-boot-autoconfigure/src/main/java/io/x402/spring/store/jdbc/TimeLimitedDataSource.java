/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Lends connections that do not wait forever for a database that has stopped responding.
 * The limit ends with the loan, because pools do not reset it reliably.
 */
final class TimeLimitedDataSource extends DelegatingDataSource {

	private final int millis;

	TimeLimitedDataSource(DataSource dataSource, Duration limit) {
		super(dataSource);
		this.millis = Math.toIntExact(limit.toMillis());
	}

	@Override
	public Connection getConnection() throws SQLException {
		Connection connection = super.getConnection();
		try {
			int before = connection.getNetworkTimeout();
			connection.setNetworkTimeout(Runnable::run, this.millis);
			return restoring(connection, before);
		}
		catch (SQLException ex) {
			return connection;
		}
	}

	private static Connection restoring(Connection connection, int before) {
		return (Connection) Proxy.newProxyInstance(TimeLimitedDataSource.class.getClassLoader(),
				new Class<?>[] { Connection.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("close")) {
						restore(connection, before);
					}
					try {
						return method.invoke(connection, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getTargetException();
					}
				});
	}

	private static void restore(Connection connection, int before) {
		try {
			connection.setNetworkTimeout(Runnable::run, before);
		}
		catch (SQLException ex) {
			// A connection that is broken takes no setting and is not used again
		}
	}

}
