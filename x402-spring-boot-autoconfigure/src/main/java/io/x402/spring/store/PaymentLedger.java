/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The ledger: what was required, verified, settled, declined, is pending or was delivered
 * again. A {@link PaymentStore} writes them, in the same step as the state they tell of.
 *
 * @since 0.1.0
 */
public interface PaymentLedger {

	/**
	 * Write an entry about a pass or balance, after the step that it tells of. A ledger
	 * that does not implement this method has none.
	 * @param entry the entry; the ledger gives it its identity and time
	 * @throws PaymentStoreException if the ledger is out of reach
	 * @since 0.2.0
	 */
	default void write(LedgerEntry entry) {
	}

	/**
	 * Read a page of the ledger.
	 * @param query what to look for
	 * @return the entries in the order of their ids, fewer than the limit on the last
	 * page
	 * @throws PaymentStoreException if the ledger is out of reach
	 */
	List<LedgerEntry> find(LedgerQuery query);

	/**
	 * Read the last entries, newest first.
	 * @param query what to look for; {@link LedgerQuery#after()} is not considered
	 * @return at most as many entries as the limit of the query
	 * @throws PaymentStoreException if the ledger is out of reach
	 * @since 0.2.0
	 */
	default List<LedgerEntry> latest(LedgerQuery query) {
		LinkedList<LedgerEntry> latest = new LinkedList<>();
		LedgerQuery page = new LedgerQuery(query.from(), query.to(), query.payer(), query.route(), query.event(),
				query.sale(), null, LedgerQuery.MAX_LIMIT);
		List<LedgerEntry> entries;
		do {
			entries = find(page);
			for (LedgerEntry entry : entries) {
				latest.addFirst(entry);
				if (latest.size() > query.limit()) {
					latest.removeLast();
				}
				page = page.after(entry);
			}
		}
		while (entries.size() == page.limit());
		return latest;
	}

	/**
	 * Add up the entries of a period by event, route, network, asset and reason. Ledgers
	 * in a database let the database add them up.
	 * @param from start of the period, inclusive, or {@code null}
	 * @param to end of the period, exclusive, or {@code null}
	 * @return the sums, none twice, in no particular order
	 * @throws PaymentStoreException if the ledger is out of reach
	 * @since 0.2.0
	 */
	default List<LedgerTotal> totals(@Nullable Instant from, @Nullable Instant to) {
		Map<LedgerTotal, LedgerTotal> totals = new LinkedHashMap<>();
		LedgerQuery page = new LedgerQuery(from, to, null, null, null, null, null, LedgerQuery.MAX_LIMIT);
		List<LedgerEntry> entries;
		do {
			entries = find(page);
			LedgerTotal.add(totals, entries);
			page = entries.isEmpty() ? page : page.after(entries.get(entries.size() - 1));
		}
		while (entries.size() == page.limit());
		return List.copyOf(totals.values());
	}

	/**
	 * Add up the entries since a time in parts of equal length. Ledgers in a database let
	 * the database do so in one step.
	 * @param from start of the first part, inclusive
	 * @param length length of a part, in whole milliseconds
	 * @param count number of parts; the last one has no end, for the clock of the ledger
	 * may be ahead
	 * @return the sums of each part, as {@link #totals(Instant, Instant)} has them
	 * @throws PaymentStoreException if the ledger is out of reach
	 * @since 0.2.0
	 */
	default List<List<LedgerTotal>> totals(Instant from, Duration length, int count) {
		return IntStream.range(0, count).mapToObj((part) -> {
			Instant start = from.plus(length.multipliedBy(part));
			return totals(start, (part < count - 1) ? start.plus(length) : null);
		}).toList();
	}

	/**
	 * Add up what was settled by buyer, network and asset.
	 * @param from start of the period, inclusive, or {@code null}
	 * @param limit most sums
	 * @return the sums of those who bought most often, none twice
	 * @throws PaymentStoreException if the ledger is out of reach
	 * @since 0.2.0
	 */
	default List<PayerTotal> payers(@Nullable Instant from, int limit) {
		List<PayerTotal> payers = List.of();
		LedgerQuery page = new LedgerQuery(from, null, null, null, LedgerEvent.SETTLED, null, null,
				LedgerQuery.MAX_LIMIT);
		List<LedgerEntry> entries;
		do {
			entries = find(page);
			payers = PayerTotal.most(Stream.concat(payers.stream(), entries.stream().flatMap(PayerTotal::of)),
					Integer.MAX_VALUE);
			page = entries.isEmpty() ? page : page.after(entries.get(entries.size() - 1));
		}
		while (entries.size() == page.limit());
		return payers.stream().limit(limit).toList();
	}

	/**
	 * Find the sales of which it is not known whether the money moved, whenever they
	 * were.
	 * @param limit most sales
	 * @return the sales, in the order of their last entries
	 * @throws PaymentStoreException if the ledger is out of reach
	 * @since 0.2.0
	 */
	default List<UnsettledSale> unsettled(int limit) {
		Map<String, UnsettledSale> sales = new LinkedHashMap<>();
		LedgerQuery page = LedgerQuery.all(LedgerQuery.MAX_LIMIT);
		List<LedgerEntry> entries;
		do {
			entries = find(page);
			for (LedgerEntry entry : entries) {
				UnsettledSale.add(sales, entry);
				page = page.after(entry);
			}
		}
		while (entries.size() == page.limit());
		return sales.values().stream().limit(limit).toList();
	}

	/**
	 * Hand over outcomes that have not been handed over yet. An entry counts as handed
	 * over when the subscriber returns; if the process dies before that was recorded, it
	 * is handed over once more. Instances that share the ledger do not wait for each
	 * other.
	 * @param limit most entries
	 * @param subscriber gets the entries one by one; what it throws ends this call, and
	 * its entry and those after it are handed over later
	 * @return how many were handed over
	 * @throws PaymentStoreException if the ledger is out of reach
	 */
	int publish(int limit, Consumer<LedgerEntry> subscriber);

}
