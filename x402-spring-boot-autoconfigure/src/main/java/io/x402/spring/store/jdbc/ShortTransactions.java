/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.x402.spring.store.PaymentStoreException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.jdbc.support.MetaDataAccessException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Steps on a database. Each is a transaction of its own, whatever transaction the caller
 * is in, and holds a connection for its few statements only. The database is asked for
 * the first time when a step is executed.
 */
final class ShortTransactions {

	private static final int ATTEMPTS = 3;

	private static final int BATCH = 500;

	private final DataSource dataSource;

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	private volatile @Nullable SqlDialect dialect;

	/**
	 * Create steps.
	 * @param dataSource the database
	 * @param timeout how long a statement waits for a response of the database
	 */
	ShortTransactions(DataSource dataSource, Duration timeout) {
		this.dataSource = new TimeLimitedDataSource(dataSource, timeout);
		this.jdbc = JdbcClient.create(this.dataSource);
		this.transaction = new TransactionTemplate(new JdbcTransactionManager(this.dataSource));
		this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
	}

	/**
	 * Prepare a statement of the step that is being executed.
	 * @param sql the statement, with {@code %1$s} for the time of the database and
	 * {@code %2$s} for the fence behind a query in another one
	 * @return the statement
	 */
	JdbcClient.StatementSpec statement(String sql) {
		SqlDialect known = Objects.requireNonNull(this.dialect, "Not in a step");
		return this.jdbc.sql(sql.formatted(known.millis(), known.fence()));
	}

	/**
	 * Return whether the database of the step that is being executed is PostgreSQL.
	 * @return {@code true} if one statement can change two tables
	 */
	boolean isPostgreSql() {
		return this.dialect == SqlDialect.POSTGRESQL;
	}

	/**
	 * Execute a step. A transaction that a database gives up in favour of another one, to
	 * end a deadlock, has changed nothing and is tried again.
	 * @param <T> type of the result
	 * @param step the step
	 * @return its result
	 * @throws DuplicateKeyException if a unique key was violated
	 * @throws PaymentStoreException if the database did not do it
	 */
	<T extends @Nullable Object> T execute(Supplier<T> step) {
		for (int attempt = 1;; attempt++) {
			try {
				return executeOnce(step);
			}
			catch (PessimisticLockingFailureException ex) {
				if (attempt == ATTEMPTS) {
					throw failed(ex);
				}
			}
			catch (DuplicateKeyException ex) {
				throw ex;
			}
			catch (DataIntegrityViolationException ex) {
				throw withoutValues(ex);
			}
			catch (BadSqlGrammarException ex) {
				throw new PaymentStoreException(
						"The tables x402_claim, x402_ledger, x402_pass, x402_pass_use or x402_free_call are missing "
								+ "or not those of schema-*.sql in io/x402/spring/store",
						ex);
			}
			catch (DataAccessException | TransactionException | MetaDataAccessException | JacksonException ex) {
				throw failed(ex);
			}
		}
	}

	/**
	 * Execute a step until it finds no more to do, so that each is short.
	 * @param step gets how much to do at most and returns how much it did
	 */
	void inBatches(IntUnaryOperator step) {
		while (execute(() -> step.applyAsInt(BATCH)) == BATCH) {
			// There is more
		}
	}

	private <T extends @Nullable Object> T executeOnce(Supplier<T> step) throws MetaDataAccessException {
		if (this.dialect == null) {
			this.dialect = SqlDialect.of(this.dataSource);
		}
		return this.transaction.execute((status) -> step.get());
	}

	private static PaymentStoreException failed(Exception ex) {
		return new PaymentStoreException("The database did not do a step: " + ex.getClass().getSimpleName(), ex);
	}

	/**
	 * Drivers repeat the values that a database refuses, and no one is to read those.
	 */
	private static PaymentStoreException withoutValues(DataIntegrityViolationException ex) {
		String state = (ex.getRootCause() instanceof SQLException cause) ? cause.getSQLState() : null;
		return new PaymentStoreException(
				"The database refused a value, is its table that of schema-*.sql in io/x402/spring/store? SQL state "
						+ state);
	}

}
