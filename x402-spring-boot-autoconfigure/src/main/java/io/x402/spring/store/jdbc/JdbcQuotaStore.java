/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import javax.sql.DataSource;

import io.x402.spring.protocol.Sha256;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.QuotaCall;
import io.x402.spring.store.QuotaClient;
import io.x402.spring.store.QuotaStore;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * Counts free calls in the table {@code x402_free_call} of a database, which all
 * instances share. Time is that of the database.
 * <p>
 * Statements that find no row are transactions of their own, because a database may lock
 * the place where the row is missing until the transaction ends.
 */
final class JdbcQuotaStore implements QuotaStore {

	private static final int ATTEMPTS = 10;

	private static final String TAKE = """
			UPDATE x402_free_call SET used = used + 1 WHERE id = :id AND ends_at > %1$s AND used < :limit""";

	private static final String RENEW = """
			UPDATE x402_free_call SET used = 1, ends_at = %1$s + :period WHERE id = :id AND ends_at <= %1$s""";

	private static final String INSERT = """
			INSERT INTO x402_free_call (id, quota, used, ends_at) VALUES (:id, :quota, 1, %1$s + :period)""";

	private static final String FIND = """
			SELECT used, ends_at, ends_at - %1$s AS time_left FROM x402_free_call WHERE id = :id""";

	private static final String GIVE_BACK = """
			UPDATE x402_free_call SET used = used - 1 WHERE id = :id AND ends_at = :period AND used > 0""";

	private static final String ENDED = """
			SELECT id FROM x402_free_call WHERE ends_at <= %1$s ORDER BY ends_at FETCH FIRST :batch ROWS ONLY""";

	private static final String DELETE = """
			DELETE FROM x402_free_call WHERE id IN (:ids) AND ends_at <= %1$s""";

	private static final String COUNT = """
			SELECT quota, COUNT(*) AS clients FROM x402_free_call GROUP BY quota""";

	private final ShortTransactions transactions;

	private final int maxClients;

	/** By quota, as of the last look, with those that this instance has added since. */
	private final Map<String, Long> clients = new ConcurrentHashMap<>();

	private volatile boolean used;

	/**
	 * Create a store.
	 * @param dataSource the database
	 * @param timeout how long a statement waits for a response of the database
	 * @param maxClients maximum number of clients that are counted for each quota, about
	 */
	JdbcQuotaStore(DataSource dataSource, Duration timeout, int maxClients) {
		this.transactions = new ShortTransactions(dataSource, timeout);
		this.maxClients = maxClients;
	}

	@Override
	public QuotaCall take(QuotaClient client) {
		if (!this.used) {
			this.used = true;
			maintain();
		}
		for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
			QuotaCall call = tryToTake(client);
			if (call != null) {
				return call;
			}
		}
		throw new PaymentStoreException("The database did not take a free call, because others do at the same time");
	}

	/**
	 * Take a call.
	 * @return {@code null} if another one changed the row in between
	 */
	private @Nullable QuotaCall tryToTake(QuotaClient client) {
		QuotaCall taken = change(client, TAKE);
		if (taken != null) {
			return taken;
		}
		Row row = this.transactions.execute(() -> find(client)).orElse(null);
		if (row == null) {
			return insert(client);
		}
		return (row.left() > 0) ? ((row.used() >= client.limit()) ? row.call(client, false) : null)
				: change(client, RENEW);
	}

	private @Nullable QuotaCall change(QuotaClient client, String sql) {
		return this.transactions.execute(() -> {
			int rows = statement(sql, client).param("limit", client.limit())
				.param("period", client.period().toMillis())
				.update();
			return (rows == 1) ? find(client).map((row) -> row.call(client, true)).orElse(null) : null;
		});
	}

	private @Nullable QuotaCall insert(QuotaClient client) {
		if (this.clients.getOrDefault(client.quota(), 0L) >= this.maxClients) {
			return QuotaCall.noRoom(client);
		}
		try {
			QuotaCall call = this.transactions.execute(() -> {
				statement(INSERT, client).param("quota", client.quota())
					.param("period", client.period().toMillis())
					.update();
				return find(client).map((row) -> row.call(client, true)).orElse(null);
			});
			this.clients.merge(client.quota(), 1L, Long::sum);
			return call;
		}
		catch (DuplicateKeyException ex) {
			return null;
		}
	}

	private Optional<Row> find(QuotaClient client) {
		return statement(FIND, client)
			.query((row, number) -> new Row(row.getInt("used"), row.getLong("ends_at"), row.getLong("time_left")))
			.optional();
	}

	private StatementSpec statement(String sql, QuotaClient client) {
		return this.transactions.statement(sql).param("id", id(client));
	}

	private static String id(QuotaClient client) {
		return new Sha256().field(client.quota()).field(client.client()).value();
	}

	@Override
	public void giveBack(QuotaClient client, QuotaCall call) {
		this.transactions.execute(() -> statement(GIVE_BACK, client).param("period", call.period()).update());
	}

	/**
	 * The table need not exist where nothing is counted.
	 */
	@Override
	public void maintain() {
		if (this.used) {
			this.transactions.inBatches(this::forget);
			Map<String, Long> counted = new ConcurrentHashMap<>();
			this.transactions.execute(() -> this.transactions.statement(COUNT)
				.query((row, number) -> counted.put(row.getString("quota"), row.getLong("clients")))
				.list());
			this.clients.keySet().retainAll(counted.keySet());
			this.clients.putAll(counted);
		}
	}

	private int forget(int batch) {
		List<String> ids = this.transactions.statement(ENDED)
			.param("batch", batch)
			.query((row, number) -> row.getString(1))
			.list();
		if (!ids.isEmpty()) {
			this.transactions.statement(DELETE).param("ids", ids).update();
		}
		return ids.size();
	}

	/**
	 * Calls of one client in one period.
	 *
	 * @param used number of calls
	 * @param end when the period ends, in milliseconds since the epoch
	 * @param left milliseconds until it ends
	 */
	private record Row(int used, long end, long left) {

		QuotaCall call(QuotaClient client, boolean taken) {
			return new QuotaCall(taken, Math.max(0, client.limit() - this.used), Duration.ofMillis(this.left),
					this.end);
		}

	}

}
