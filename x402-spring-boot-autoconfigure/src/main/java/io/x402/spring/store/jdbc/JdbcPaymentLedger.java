/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

import javax.sql.DataSource;

import io.x402.spring.store.Claim;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.LedgerTotal;
import io.x402.spring.store.PayerTotal;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.UnsettledSale;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * Ledger in the table {@code x402_ledger} of a database, written by
 * {@link JdbcPaymentStore} in the transaction of each step. Entries of steps that end at
 * the same moment can appear in another order than that of their identities, so that who
 * reads page by page up to this moment can miss one; who ends some seconds ago does not.
 */
final class JdbcPaymentLedger implements PaymentLedger {

	private static final String INSERT = """
			INSERT INTO x402_ledger (written_at, event, purchase, route, network, scheme, asset, amount, pay_to,
			payer, payer_lower, transaction_hash, reason, note, publish_at)
			VALUES (%1$s, :event, :purchase, :route, :network, :scheme, :asset, :amount, :payTo,
			:payer, :payerLower, :transaction, :reason, :note,""";

	private static final String OLD = """
			SELECT id FROM x402_ledger WHERE written_at < %1$s - :age LIMIT :limit FOR UPDATE SKIP LOCKED""";

	private static final String FORGET = """
			DELETE FROM x402_ledger WHERE id IN (:ids)""";

	private static final String TOTALS = """
			SELECT event, route, network, asset, reason, COUNT(*) AS entries, SUM(amount) AS total FROM x402_ledger
			WHERE %s GROUP BY event, route, network, asset, reason""";

	private static final String TOTALS_OF_PARTS = """
			SELECT part, event, route, network, asset, reason, COUNT(*) AS entries, SUM(amount) AS total FROM (
			SELECT LEAST(FLOOR((written_at - ?) / ?), ?) AS part, event, route, network, asset, reason, amount
			FROM x402_ledger WHERE written_at >= ?%2$s) parts
			GROUP BY part, event, route, network, asset, reason""";

	private static final String PAYERS = """
			SELECT MIN(payer) AS payer, network, asset, COUNT(*) AS entries, SUM(amount) AS total FROM x402_ledger
			WHERE %s AND payer_lower IS NOT NULL GROUP BY payer_lower, network, asset
			ORDER BY COUNT(*) DESC, payer_lower, network, asset LIMIT ?""";

	private static final String UNSETTLED = "SELECT " + LedgerRows.COLUMNS + """
			, (SELECT MIN(f.written_at) FROM x402_ledger f
			WHERE f.purchase = e.purchase AND f.event IN ('PENDING', 'UNRESOLVED')) AS since
			FROM x402_ledger e WHERE e.event IN ('PENDING', 'UNRESOLVED')
			AND NOT EXISTS (SELECT 1 FROM x402_ledger l WHERE l.purchase = e.purchase AND l.id > e.id)
			ORDER BY e.id LIMIT :limit""";

	/**
	 * No entry since a time has a lower identity than the first ten thousand since then,
	 * for that many steps do not write at the same moment. Without it a database may read
	 * all that was before.
	 */
	private static final String FIRST = """
			id >= (SELECT MIN(id) FROM
			(SELECT id FROM x402_ledger WHERE written_at >= ? ORDER BY written_at LIMIT 10000) firsts)""";

	private static final int TEXT_LENGTH = 128;

	private static final int NOTE_LENGTH = 512;

	private final ShortTransactions transactions;

	/**
	 * Create a ledger.
	 * @param dataSource the database
	 * @param timeout how long a statement waits for a response of the database
	 */
	JdbcPaymentLedger(DataSource dataSource, Duration timeout) {
		this(new ShortTransactions(dataSource, timeout));
	}

	JdbcPaymentLedger(ShortTransactions transactions) {
		this.transactions = transactions;
	}

	/**
	 * Write an entry in the transaction of the step it tells of.
	 * @param event what happened
	 * @param claim the claim after the step
	 * @param transaction hash of a transaction, or {@code null}
	 * @param reason reason code, or {@code null}
	 * @param note who made this known by hand and why, or {@code null}
	 * @return how many entries were written
	 */
	int write(LedgerEvent event, Claim claim, @Nullable String transaction, @Nullable String reason,
			@Nullable String note) {
		if (claim.sale() == null) {
			return 0;
		}
		return insert(LedgerEntry.of("", Instant.EPOCH, event, claim, claim.sale(), transaction, reason).noted(note));
	}

	@Override
	public void write(LedgerEntry entry) {
		this.transactions.execute(() -> insert(entry));
	}

	private int insert(LedgerEntry entry) {
		String payer = limited(entry.payer());
		return this.transactions.statement(INSERT + (entry.event().isOutcome() ? " %1$s)" : " NULL)"))
			.param("event", entry.event().name())
			.param("purchase", entry.sale())
			.param("route", ClaimRows.limited(entry.route(), ClaimRows.ROUTE_LENGTH))
			.param("network", entry.network())
			.param("scheme", entry.scheme())
			.param("asset", entry.asset())
			.param("amount", new BigDecimal(entry.amount()))
			.param("payTo", entry.payTo())
			.param("payer", payer)
			.param("payerLower", lower(payer))
			.param("transaction", limited(entry.transaction()))
			.param("reason", limited(entry.reason()))
			.param("note", (entry.note() != null) ? ClaimRows.limited(entry.note(), NOTE_LENGTH) : null)
			.update();
	}

	private static @Nullable String limited(@Nullable String text) {
		return (text != null) ? ClaimRows.limited(text, TEXT_LENGTH) : null;
	}

	private static @Nullable String lower(@Nullable String address) {
		return (address != null) ? address.toLowerCase(Locale.ROOT) : null;
	}

	@Override
	public List<LedgerEntry> find(LedgerQuery query) {
		Map<String, Object> conditions = conditions(query);
		if (query.after() == null) {
			add(conditions, FIRST, millis(query.from()));
		}
		return find(conditions, "ORDER BY id", query.limit());
	}

	@Override
	public List<LedgerEntry> latest(LedgerQuery query) {
		return find(conditions(query.fromTheStart()), "ORDER BY id DESC", query.limit());
	}

	private List<LedgerEntry> find(Map<String, Object> conditions, String order, int limit) {
		List<Object> parameters = new ArrayList<>(conditions.values());
		parameters.add(limit);
		String sql = "SELECT " + LedgerRows.COLUMNS + "FROM x402_ledger WHERE "
				+ String.join(" AND ", conditions.keySet()) + " " + order + " LIMIT ?";
		return this.transactions
			.execute(() -> this.transactions.statement(sql).params(parameters).query(LedgerRows::entry).list());
	}

	@Override
	public List<LedgerTotal> totals(@Nullable Instant from, @Nullable Instant to) {
		Map<String, Object> conditions = conditions(
				new LedgerQuery(from, to, null, null, null, null, null, LedgerQuery.MAX_LIMIT));
		String sql = TOTALS.formatted(String.join(" AND ", conditions.keySet()));
		return this.transactions.execute(() -> this.transactions.statement(sql)
			.params(List.copyOf(conditions.values()))
			.query(LedgerRows::total)
			.list());
	}

	@Override
	public List<List<LedgerTotal>> totals(Instant from, Duration length, int count) {
		long start = Objects.requireNonNull(millis(from));
		List<List<LedgerTotal>> parts = Stream.<List<LedgerTotal>>generate(ArrayList::new).limit(count).toList();
		this.transactions.execute(() -> {
			this.transactions.statement(TOTALS_OF_PARTS)
				.params(List.of(start, length.toMillis(), count - 1L, start))
				.query((RowCallbackHandler) (row) -> parts.get(row.getInt("part"))
					.add(LedgerRows.total(row, row.getRow())));
			return parts.size();
		});
		return parts;
	}

	@Override
	public List<PayerTotal> payers(@Nullable Instant from, int limit) {
		Map<String, Object> conditions = conditions(
				new LedgerQuery(from, null, null, null, LedgerEvent.SETTLED, null, null, LedgerQuery.MAX_LIMIT));
		List<Object> parameters = new ArrayList<>(conditions.values());
		parameters.add(limit);
		String sql = PAYERS.formatted(String.join(" AND ", conditions.keySet()));
		return this.transactions
			.execute(() -> this.transactions.statement(sql).params(parameters).query(LedgerRows::payer).list());
	}

	@Override
	public List<UnsettledSale> unsettled(int limit) {
		return this.transactions.execute(() -> this.transactions.statement(UNSETTLED)
			.param("limit", limit)
			.query((row, number) -> new UnsettledSale(LedgerRows.entry(row, number),
					Instant.ofEpochMilli(row.getLong("since"))))
			.list());
	}

	private static Map<String, Object> conditions(LedgerQuery query) {
		Map<String, Object> conditions = new LinkedHashMap<>();
		conditions.put("id > ?", (query.after() != null) ? Long.parseLong(query.after()) : 0);
		add(conditions, "written_at >= ?", millis(query.from()));
		add(conditions, "written_at < ?", millis(query.to()));
		add(conditions, "payer_lower = ?", lower(query.payer()));
		add(conditions, "route = ?", query.route());
		add(conditions, "event = ?", (query.event() != null) ? query.event().name() : null);
		add(conditions, "purchase = ?", query.sale());
		return conditions;
	}

	private static void add(Map<String, Object> conditions, String condition, @Nullable Object value) {
		if (value != null) {
			conditions.put(condition, value);
		}
	}

	/**
	 * Entries have whole milliseconds: the first that is not before a time.
	 */
	private static @Nullable Long millis(@Nullable Instant time) {
		return (time != null) ? time.plusNanos(999_999).toEpochMilli() : null;
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * No connection is held while the subscriber works. An instance that dies meanwhile
	 * leaves its entries to the others, which get them half a minute later.
	 */
	@Override
	public int publish(int limit, Consumer<LedgerEntry> subscriber) {
		return new LedgerPublication(this.transactions).publish(limit, subscriber);
	}

	/**
	 * Delete old entries.
	 * @param age how old they are
	 */
	void forget(Duration age) {
		this.transactions.inBatches((limit) -> {
			List<Long> ids = this.transactions.statement(OLD)
				.param("age", age.toMillis())
				.param("limit", limit)
				.query((row, number) -> row.getLong(1))
				.list();
			return ids.isEmpty() ? 0 : this.transactions.statement(FORGET).param("ids", ids).update();
		});
	}

}
