/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.time.Deadline;

/**
 * One round of handing over entries. They are held for this round while it lasts, and by
 * a time, not by a connection, so that others get them should this instance die.
 */
final class LedgerPublication {

	private static final String UNPUBLISHED = "SELECT " + LedgerRows.COLUMNS + """
			FROM x402_ledger WHERE publish_at <= %1$s
			ORDER BY publish_at, id LIMIT :limit FOR UPDATE SKIP LOCKED""";

	private static final String HOLD = """
			UPDATE x402_ledger SET publish_at = %1$s + 30000 WHERE id IN (:ids) AND publish_at IS NOT NULL""";

	private static final String PUBLISHED = """
			UPDATE x402_ledger SET publish_at = NULL WHERE id IN (:ids)""";

	private static final String GIVE_BACK = """
			UPDATE x402_ledger SET publish_at = written_at WHERE id IN (:ids) AND publish_at IS NOT NULL""";

	private static final Duration HELD_AGAIN_AFTER = Duration.ofSeconds(10);

	private final ShortTransactions transactions;

	private final Deque<LedgerEntry> taken = new ArrayDeque<>();

	private final List<LedgerEntry> published = new ArrayList<>();

	LedgerPublication(ShortTransactions transactions) {
		this.transactions = transactions;
	}

	int publish(int limit, Consumer<LedgerEntry> subscriber) {
		this.taken.addAll(this.transactions.execute(() -> take(limit)));
		int count = this.taken.size();
		try {
			Deadline held = Deadline.in(HELD_AGAIN_AFTER);
			while (!this.taken.isEmpty()) {
				subscriber.accept(this.taken.element());
				this.published.add(this.taken.remove());
				if (held.hasPassed()) {
					record(HOLD);
					held = Deadline.in(HELD_AGAIN_AFTER);
				}
			}
			record(HOLD);
			return count;
		}
		catch (RuntimeException | Error ex) {
			giveBack(ex);
			throw ex;
		}
	}

	private List<LedgerEntry> take(int limit) {
		List<LedgerEntry> entries = this.transactions.statement(UNPUBLISHED)
			.param("limit", limit)
			.query(LedgerRows::entry)
			.list();
		update(HOLD, entries);
		return entries;
	}

	private void giveBack(Throwable failure) {
		try {
			record(GIVE_BACK);
		}
		catch (PaymentStoreException ex) {
			failure.addSuppressed(ex);
		}
	}

	/**
	 * Record what was handed over.
	 * @param rest what happens to the rest
	 */
	private void record(String rest) {
		this.transactions.execute(() -> update(PUBLISHED, this.published) + update(rest, this.taken));
		this.published.clear();
	}

	private int update(String sql, Collection<LedgerEntry> entries) {
		if (entries.isEmpty()) {
			return 0;
		}
		return this.transactions.statement(sql)
			.param("ids", entries.stream().map((entry) -> Long.valueOf(entry.id())).toList())
			.update();
	}

}
