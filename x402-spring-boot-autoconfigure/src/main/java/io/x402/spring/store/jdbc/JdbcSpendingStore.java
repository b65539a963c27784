/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import javax.sql.DataSource;

import io.x402.spring.store.Spending;
import io.x402.spring.store.SpendingLimit;
import io.x402.spring.store.SpendingStore;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps account of what a buyer spent in the tables {@code x402_spending_total} and
 * {@code x402_spending} of a database, which all instances share, and remembers
 * recipients in {@code x402_recipient}. The row of the account is what they wait for each
 * other at. The schema is in {@code spending-*.sql} beside this class.
 * <p>
 * Every step is a transaction of its own, whatever transaction the caller is in. Time is
 * told by the clock of the instance; budgets move by the minute.
 */
final class JdbcSpendingStore implements SpendingStore {

	private static final String ALL_HOSTS = "";

	private static final String ADD_TOTAL = """
			UPDATE x402_spending_total SET micros = micros + :micros WHERE account = :account AND host = :host""";

	private static final String INSERT_TOTAL = """
			INSERT INTO x402_spending_total (account, host, micros) VALUES (:account, :host, :micros)""";

	private static final String TOTAL = """
			SELECT micros FROM x402_spending_total WHERE account = :account AND host = :host""";

	private static final String ADD_MINUTE = """
			UPDATE x402_spending SET micros = micros + :micros
			WHERE account = :account AND host = :host AND spent_minute = :minute""";

	private static final String INSERT_MINUTE = """
			INSERT INTO x402_spending (account, host, spent_minute, micros)
			VALUES (:account, :host, :minute, :micros)""";

	private static final String SINCE = """
			SELECT COALESCE(SUM(micros), 0) FROM x402_spending
			WHERE account = :account AND host = :host AND spent_minute >= :since""";

	private static final String LAST_TO_KEEP = """
			SELECT spent_minute FROM x402_spending WHERE account = :account AND host = :host
			ORDER BY spent_minute DESC LIMIT 1 OFFSET :kept""";

	private static final String PURGE = """
			DELETE FROM x402_spending WHERE account = :account AND host = :host AND spent_minute <= :last
			AND spent_minute < :since""";

	private static final String RECIPIENT = """
			SELECT pay_to FROM x402_recipient WHERE account = :account AND host = :host AND network = :network""";

	private static final String INSERT_RECIPIENT = """
			INSERT INTO x402_recipient (account, host, network, pay_to) VALUES (:account, :host, :network, :payTo)""";

	private static final long DAY_IN_MINUTES = Duration.ofDays(1).toMinutes();

	/**
	 * Clocks can be set ahead for a while and back, so that what seems old is kept as
	 * well as long as it does not take much room.
	 */
	private static final long KEPT_MINUTES = 2 * DAY_IN_MINUTES;

	private static final int ATTEMPTS = 5;

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	/**
	 * Create a store.
	 * @param dataSource the database
	 * @param timeout how long a step waits for a response of the database
	 */
	JdbcSpendingStore(DataSource dataSource, Duration timeout) {
		DataSource limited = new TimeLimitedDataSource(dataSource, timeout);
		this.jdbc = JdbcClient.create(limited);
		this.transaction = new TransactionTemplate(new JdbcTransactionManager(limited));
		this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
	}

	@Override
	public @Nullable SpendingLimit reserve(Spending spending, List<SpendingLimit> limits) {
		return execute((status) -> {
			add(spending);
			for (SpendingLimit limit : limits) {
				if (spent(spending, limit) > limit.micros()) {
					status.setRollbackOnly();
					return limit;
				}
			}
			return null;
		});
	}

	/**
	 * What is forgotten since does not count any more, so that nothing is taken back.
	 */
	@Override
	public void release(Spending spending) {
		execute((status) -> {
			for (String host : List.of(ALL_HOSTS, spending.host())) {
				statement(ADD_TOTAL, spending, host).param("micros", -spending.micros()).update();
				addToMinute(spending, host, -spending.micros());
			}
			return null;
		});
	}

	@Override
	public String pin(String account, String host, String network, String recipient) {
		return execute((status) -> {
			Optional<String> first = recipient(RECIPIENT, account, host, network).query(String.class).optional();
			if (first.isEmpty()) {
				recipient(INSERT_RECIPIENT, account, host, network).param("payTo", recipient).update();
			}
			return first.orElse(recipient);
		});
	}

	private JdbcClient.StatementSpec recipient(String sql, String account, String host, String network) {
		return this.jdbc.sql(sql).param("account", account).param("host", host).param("network", network);
	}

	/**
	 * The row of the account comes first, so that others wait there.
	 */
	private void add(Spending spending) {
		for (String host : List.of(ALL_HOSTS, spending.host())) {
			long micros = spending.micros();
			if (statement(ADD_TOTAL, spending, host).param("micros", micros).update() == 0) {
				statement(INSERT_TOTAL, spending, host).param("micros", micros).update();
			}
			if (addToMinute(spending, host, micros) == 0) {
				statement(INSERT_MINUTE, spending, host).param("micros", micros)
					.param("minute", spending.minute())
					.update();
				purge(spending, host);
			}
		}
	}

	private int addToMinute(Spending spending, String host, long micros) {
		return statement(ADD_MINUTE, spending, host).param("micros", micros)
			.param("minute", spending.minute())
			.update();
	}

	private void purge(Spending spending, String host) {
		statement(LAST_TO_KEEP, spending, host).param("kept", KEPT_MINUTES)
			.query(Long.class)
			.optional()
			.ifPresent((last) -> statement(PURGE, spending, host).param("last", last)
				.param("since", spending.minute() - DAY_IN_MINUTES)
				.update());
	}

	private long spent(Spending spending, SpendingLimit limit) {
		String host = limit.perHost() ? spending.host() : ALL_HOSTS;
		return (limit.window() != null)
				? statement(SINCE, spending, host).param("since", spending.minute() - limit.window().toMinutes())
					.query(Long.class)
					.single()
				: statement(TOTAL, spending, host).query(Long.class).single();
	}

	private JdbcClient.StatementSpec statement(String sql, Spending spending, String host) {
		return this.jdbc.sql(sql).param("account", spending.account()).param("host", host);
	}

	/**
	 * A transaction that loses to another one, in a deadlock or for a row that both
	 * insert, has changed nothing and is tried again.
	 */
	private <T extends @Nullable Object> T execute(Function<TransactionStatus, T> step) {
		for (int attempt = 1;; attempt++) {
			try {
				return this.transaction.execute(step::apply);
			}
			catch (PessimisticLockingFailureException | DuplicateKeyException ex) {
				if (attempt == ATTEMPTS) {
					throw ex;
				}
			}
		}
	}

}
