/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

import javax.sql.DataSource;

import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassQuery;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Keeps passes in the table {@code x402_pass} of a database, which all instances share. A
 * use is one conditional update of the row, which makes it atomic. The schema is in
 * {@code schema-*.sql} beside this class.
 * <p>
 * Times are told by the clock of the database, in milliseconds since the epoch. In an
 * assignment no column is read that was assigned before, because MariaDB would read its
 * new value.
 */
final class JdbcPassStore implements PassStore {

	private static final String INSERT = """
			INSERT INTO x402_pass (id, token_hash, attempt, network, asset, amount, pay_to, payer, buyer_user, scope,
				duration, uses, used, started, revoked, prepared_at, payer_lower)
			VALUES (:id, :tokenHash, :attempt, :network, :asset, :amount, :payTo, :payer, :user, :scope,
				:duration, :uses, :count, FALSE, FALSE, %1$s, :payerLower)""";

	private static final String OPEN_BY = """
			UPDATE x402_pass SET token_hash = :tokenHash, attempt = :attempt, payer = COALESCE(payer, :payer),
				payer_lower = COALESCE(payer_lower, :payerLower)
			WHERE id = :id""";

	private static final String LEAVE = """
			DELETE FROM x402_pass
			WHERE id = :id AND attempt = :attempt AND started = FALSE AND revoked = FALSE""";

	private static final String START = """
			UPDATE x402_pass SET expires_at = %1$s + duration, forget_at = %1$s + duration + :kept, started = TRUE
			WHERE id = :id AND started = FALSE AND revoked = FALSE AND token_hash = COALESCE(:tokenHash, token_hash)""";

	private static final String USE = """
			UPDATE x402_pass SET
				forget_at = CASE WHEN expires_at IS NOT NULL THEN forget_at WHEN used >= uses - :count THEN %1$s + :kept END,
				used = used + :count
			WHERE id = :id AND started = TRUE AND revoked = FALSE AND (uses IS NULL OR used <= uses - :count)
				AND (expires_at IS NULL OR expires_at > %1$s) AND token_hash = COALESCE(:tokenHash, token_hash)""";

	private static final String GIVE_BACK = """
			UPDATE x402_pass SET
				forget_at = CASE WHEN expires_at IS NOT NULL OR revoked = TRUE THEN forget_at END,
				used = used - :count
			WHERE id = :id AND used >= :count""";

	private static final String REVOKE = """
			UPDATE x402_pass SET forget_at = %1$s + :kept, revoked = TRUE WHERE id = :id""";

	private static final String FIND = "SELECT x402_pass.*, %1$s AS read_at FROM x402_pass WHERE id = :id";

	private static final String LATEST = """
			SELECT x402_pass.*, %1$s AS read_at FROM x402_pass
			ORDER BY prepared_at DESC, id LIMIT :limit""";

	private static final String LATEST_OF_PAYER = """
			SELECT x402_pass.*, %1$s AS read_at FROM x402_pass WHERE payer_lower = :payer
			ORDER BY prepared_at DESC, id LIMIT :limit""";

	private static final String USABLE_OF_PAYER = """
			SELECT x402_pass.*, %1$s AS read_at FROM x402_pass
			WHERE payer_lower = :payer AND scope = :scope AND started = TRUE AND revoked = FALSE
				AND (expires_at IS NULL OR expires_at > %1$s) AND (uses IS NULL OR uses - used >= :count)
				AND network = :network AND LOWER(asset) = :asset AND LOWER(pay_to) = :payTo AND amount >= :amount
				AND (buyer_user IS NULL OR buyer_user = :user) AND CONCAT(scope, '.') = :wholeScope
			ORDER BY prepared_at, id LIMIT :limit""";

	private static final String FORGET = "DELETE FROM x402_pass WHERE forget_at < %1$s";

	private final ShortTransactions transactions;

	private volatile boolean sold;

	/**
	 * Create a store.
	 * @param dataSource the database
	 * @param timeout how long a step waits for a response of the database
	 */
	JdbcPassStore(DataSource dataSource, Duration timeout) {
		this.transactions = new ShortTransactions(dataSource, timeout);
	}

	/**
	 * The update comes first: on PostgreSQL a failed insert ends its transaction.
	 */
	@Override
	public void prepare(NewPass pass, String attempt, long uses) {
		this.sold = true;
		if (openBy(pass, attempt) == 0) {
			try {
				this.transactions.execute(() -> insert(pass, attempt, uses).update());
			}
			catch (DuplicateKeyException ex) {
				openBy(pass, attempt);
			}
		}
	}

	private int openBy(NewPass pass, String attempt) {
		return this.transactions.execute(() -> statement(OPEN_BY, pass.id()).param("tokenHash", pass.tokenHash())
			.param("attempt", attempt)
			.param("payer", pass.paid().payer())
			.param("payerLower", lower(pass.paid().payer()))
			.update());
	}

	@Override
	public void forget(String id, String attempt) {
		this.transactions.execute(() -> statement(LEAVE, id).param("attempt", attempt).update());
	}

	private JdbcClient.StatementSpec insert(NewPass pass, String attempt, long used) {
		NewPass.Paid paid = pass.paid();
		Duration duration = pass.duration();
		return statement(INSERT, pass.id()).param("count", used)
			.param("tokenHash", pass.tokenHash())
			.param("attempt", attempt)
			.param("network", paid.network())
			.param("asset", paid.asset())
			.param("amount", new BigDecimal(paid.amount()))
			.param("payTo", paid.payTo())
			.param("payer", paid.payer())
			.param("payerLower", lower(paid.payer()))
			.param("user", paid.user())
			.param("scope", pass.scope())
			.param("duration", (duration != null) ? duration.toMillis() : null)
			.param("uses", pass.uses());
	}

	@Override
	public @Nullable PassRecord start(String id) {
		return this.transactions.execute(() -> {
			begin(id, null);
			return select(id);
		});
	}

	@Override
	public @Nullable PassRecord find(String id) {
		return this.transactions.execute(() -> select(id));
	}

	@Override
	public @Nullable PassRecord use(String id, @Nullable String tokenHash, long uses) {
		return this.transactions.execute(() -> {
			if (take(id, tokenHash, uses)) {
				return select(id);
			}
			return (begin(id, tokenHash) && take(id, tokenHash, uses)) ? select(id) : null;
		});
	}

	private boolean begin(String id, @Nullable String tokenHash) {
		return kept(START, id).param("tokenHash", tokenHash).update() == 1;
	}

	private boolean take(String id, @Nullable String tokenHash, long uses) {
		return kept(USE, id).param("tokenHash", tokenHash).param("count", uses).update() == 1;
	}

	@Override
	public void giveBack(String id, long uses) {
		this.transactions.execute(() -> statement(GIVE_BACK, id).param("count", uses).update());
	}

	@Override
	public boolean revoke(String id) {
		return this.transactions.execute(() -> kept(REVOKE, id).update()) == 1;
	}

	@Override
	public List<PassRecord> latest(@Nullable String payer, int limit) {
		return this.transactions.execute(() -> {
			JdbcClient.StatementSpec statement = (payer != null)
					? this.transactions.statement(LATEST_OF_PAYER).param("payer", lower(payer))
					: this.transactions.statement(LATEST);
			return statement.param("limit", limit).query(JdbcPassStore::read).list();
		});
	}

	/**
	 * MariaDB ignores spaces at the end of a text that it compares.
	 */
	@Override
	public List<PassRecord> usable(PassQuery query) {
		return this.transactions.execute(() -> this.transactions.statement(USABLE_OF_PAYER)
			.param("payer", lower(query.payer()))
			.param("scope", query.scope())
			.param("wholeScope", query.scope() + '.')
			.param("count", query.uses())
			.param("network", query.network())
			.param("asset", lower(query.asset()))
			.param("payTo", lower(query.payTo()))
			.param("amount", new BigDecimal(query.amount()))
			.param("user", query.user())
			.param("limit", USABLE)
			.query(JdbcPassStore::read)
			.list());
	}

	private static @Nullable String lower(@Nullable String payer) {
		return (payer != null) ? payer.toLowerCase(Locale.ROOT) : null;
	}

	/**
	 * An instance that sells none leaves it to the others: its database may be without
	 * the table.
	 */
	@Override
	public void maintain() {
		if (this.sold) {
			this.transactions.execute(() -> this.transactions.statement(FORGET).update());
		}
	}

	private @Nullable PassRecord select(String id) {
		return statement(FIND, id).query(JdbcPassStore::read).optional().orElse(null);
	}

	private JdbcClient.StatementSpec kept(String sql, String id) {
		return statement(sql, id).param("kept", KEPT.toMillis());
	}

	private JdbcClient.StatementSpec statement(String sql, String id) {
		return this.transactions.statement(sql).param("id", id);
	}

	private static PassRecord read(ResultSet row, int number) throws SQLException {
		NewPass.Paid paid = new NewPass.Paid(row.getString("network"), row.getString("asset"),
				row.getBigDecimal("amount").toBigIntegerExact(), row.getString("pay_to"), row.getString("payer"),
				row.getString("buyer_user"));
		Long duration = number(row, "duration");
		Long end = number(row, "expires_at");
		NewPass pass = new NewPass(row.getString("id"), row.getString("token_hash"), paid, row.getString("scope"),
				(duration != null) ? Duration.ofMillis(duration) : null, number(row, "uses"));
		return new PassRecord(pass, row.getLong("used"), row.getBoolean("started"),
				(end != null) ? Instant.ofEpochMilli(end) : null, row.getBoolean("revoked"),
				Instant.ofEpochMilli(row.getLong("prepared_at")), Instant.ofEpochMilli(row.getLong("read_at")));
	}

	private static @Nullable Long number(ResultSet row, String column) throws SQLException {
		long value = row.getLong(column);
		return row.wasNull() ? null : value;
	}

}
