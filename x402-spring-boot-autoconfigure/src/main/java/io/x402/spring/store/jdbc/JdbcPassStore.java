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
import io.x402.spring.store.PassOperation;
import io.x402.spring.store.PassQuery;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Keeps passes in the table {@code x402_pass} of a database, which all instances share. A
 * use is one conditional update of the row, which makes it atomic, and a row of the table
 * {@code x402_pass_use}, whose key makes it happen once. The schema is in
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

	private static final String REMEMBER = """
			INSERT INTO x402_pass_use (id, pass, uses, given_back, forget_at)
			VALUES (:operation, :id, :count, :givenBack, %1$s + :operationKept)""";

	private static final String USE_AND_REMEMBER = "WITH taken AS (" + USE + """
			 RETURNING *), remembered AS (INSERT INTO x402_pass_use (id, pass, uses, given_back, forget_at)
			SELECT :operation, id, :count, FALSE, %1$s + :operationKept FROM taken)
			SELECT taken.*, %1$s AS read_at FROM taken""";

	private static final String FIND_USED = """
			SELECT x402_pass.*, %1$s AS read_at FROM x402_pass
			WHERE id = :id AND EXISTS (SELECT 1 FROM x402_pass_use
				WHERE id = :operation AND pass = :id AND uses = :count AND given_back = FALSE)""";

	private static final String RETURN = """
			UPDATE x402_pass_use SET given_back = TRUE, forget_at = %1$s + :operationKept
			WHERE id = :operation AND pass = :id AND uses = :count AND given_back = FALSE""";

	private static final String GIVE_BACK = """
			UPDATE x402_pass SET
				forget_at = CASE WHEN expires_at IS NOT NULL OR revoked = TRUE THEN forget_at END,
				used = used - :part
			WHERE id = :id AND used >= :part""";

	private static final String KEEP = """
			UPDATE x402_pass_use SET forget_at = %1$s + :operationKept
			WHERE id = :operation AND pass = :id AND uses = :count AND given_back = FALSE""";

	private static final String OLD = """
			SELECT id FROM x402_pass_use WHERE forget_at < %1$s ORDER BY forget_at FETCH FIRST :batch ROWS ONLY""";

	private static final String FORGET_OLD = """
			DELETE FROM x402_pass_use WHERE id IN (:ids) AND forget_at < %1$s""";

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

	private volatile boolean active;

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
		this.active = true;
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

	/**
	 * The row of an operation that was executed or given back before ends the step, and
	 * nothing is taken.
	 */
	@Override
	public @Nullable PassRecord use(PassOperation operation, @Nullable String tokenHash) {
		this.active = true;
		try {
			return this.transactions.execute(() -> {
				PassRecord used = take(operation, tokenHash);
				used = (used != null) ? used : findUsed(operation);
				return (used == null && begin(operation.pass(), tokenHash)) ? take(operation, tokenHash) : used;
			});
		}
		catch (DuplicateKeyException ex) {
			return this.transactions.execute(() -> findUsed(operation));
		}
	}

	private boolean begin(String id, @Nullable String tokenHash) {
		return kept(START, id).param("tokenHash", tokenHash).update() == 1;
	}

	private @Nullable PassRecord take(PassOperation operation, @Nullable String tokenHash) {
		if (this.transactions.isPostgreSql()) {
			return find(statement(USE_AND_REMEMBER, operation).param("kept", KEPT.toMillis())
				.param("operationKept", OPERATION_KEPT.toMillis())
				.param("tokenHash", tokenHash));
		}
		boolean taken = kept(USE, operation.pass()).param("tokenHash", tokenHash)
			.param("count", operation.uses())
			.update() == 1;
		return (taken && remember(operation, false)) ? select(operation.pass()) : null;
	}

	private boolean remember(PassOperation operation, boolean givenBack) {
		return statement(REMEMBER, operation).param("givenBack", givenBack)
			.param("operationKept", (givenBack ? GIVEN_BACK_KEPT : OPERATION_KEPT).toMillis())
			.update() == 1;
	}

	private @Nullable PassRecord findUsed(PassOperation operation) {
		return find(statement(FIND_USED, operation));
	}

	/**
	 * The statement that finds no row is a transaction of its own, because a database may
	 * lock the place where the row is missing.
	 */
	@Override
	public void giveBack(PassOperation operation, long uses) {
		this.active = true;
		long part = operation.part(uses);
		if (!tryToGiveBack(operation, part)) {
			try {
				this.transactions.execute(() -> remember(operation, true));
			}
			catch (DuplicateKeyException ex) {
				tryToGiveBack(operation, part);
			}
		}
	}

	/**
	 * Give back what was taken.
	 * @return {@code false} if it was given back before, or not taken yet
	 */
	private boolean tryToGiveBack(PassOperation operation, long part) {
		return this.transactions.execute(() -> {
			boolean taken = statement(RETURN, operation).param("operationKept", GIVEN_BACK_KEPT.toMillis())
				.update() == 1;
			if (taken) {
				statement(GIVE_BACK, operation.pass()).param("part", part).update();
			}
			return taken;
		});
	}

	@Override
	public void keep(PassOperation operation) {
		this.transactions
			.execute(() -> statement(KEEP, operation).param("operationKept", OPERATION_KEPT.toMillis()).update());
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
	 * An instance that neither sells nor takes any leaves it to the others: its database
	 * may be without the tables.
	 */
	@Override
	public void maintain() {
		if (this.active) {
			this.transactions.execute(() -> this.transactions.statement(FORGET).update());
			this.transactions.inBatches(this::forgetOperations);
		}
	}

	private int forgetOperations(int batch) {
		List<String> ids = this.transactions.statement(OLD)
			.param("batch", batch)
			.query((row, number) -> row.getString("id"))
			.list();
		if (!ids.isEmpty()) {
			this.transactions.statement(FORGET_OLD).param("ids", ids).update();
		}
		return ids.size();
	}

	private @Nullable PassRecord select(String id) {
		return find(statement(FIND, id));
	}

	private static @Nullable PassRecord find(JdbcClient.StatementSpec statement) {
		return statement.query(JdbcPassStore::read).optional().orElse(null);
	}

	private JdbcClient.StatementSpec kept(String sql, String id) {
		return statement(sql, id).param("kept", KEPT.toMillis());
	}

	private JdbcClient.StatementSpec statement(String sql, PassOperation operation) {
		return statement(sql, operation.pass()).param("operation", operation.id()).param("count", operation.uses());
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
