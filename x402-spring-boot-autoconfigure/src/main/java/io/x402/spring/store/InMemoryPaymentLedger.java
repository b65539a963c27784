/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Ledger in the memory of one process, for development: the oldest entries go when there
 * are too many, and all with the process.
 *
 * @since 0.1.0
 */
public final class InMemoryPaymentLedger implements PaymentLedger {

	private static final int ID_LENGTH = 19;

	private final int capacity;

	private final Clock clock;

	private final Deque<LedgerEntry> entries = new ArrayDeque<>();

	private final Deque<LedgerEntry> unpublished = new ArrayDeque<>();

	private long sequence;

	/**
	 * Create a ledger.
	 * @param capacity how many entries are kept
	 * @param clock the time
	 */
	public InMemoryPaymentLedger(int capacity, Clock clock) {
		this.capacity = capacity;
		this.clock = clock;
	}

	synchronized void write(LedgerEvent event, Claim claim, @Nullable String transaction, @Nullable String reason,
			@Nullable String note) {
		if (claim.sale() == null) {
			return;
		}
		LedgerEntry entry = LedgerEntry
			.of(nextId(), this.clock.instant(), event, claim, claim.sale(), transaction, reason)
			.noted(note);
		add(this.entries, entry);
		if (event.isOutcome()) {
			add(this.unpublished, entry);
		}
	}

	@Override
	public synchronized void write(LedgerEntry entry) {
		add(this.entries,
				new LedgerEntry(nextId(), this.clock.instant(), entry.event(), entry.sale(), entry.route(),
						entry.network(), entry.scheme(), entry.asset(), entry.amount(), entry.payTo(), entry.payer(),
						entry.transaction(), entry.reason(), entry.note()));
	}

	/**
	 * Without a formatter, whose digits depend on the locale and which every step of
	 * every payment would wait for.
	 */
	private String nextId() {
		String digits = Long.toString(++this.sequence);
		return "0".repeat(ID_LENGTH - digits.length()) + digits;
	}

	private void add(Deque<LedgerEntry> to, LedgerEntry entry) {
		if (to.size() == this.capacity) {
			to.removeFirst();
		}
		to.addLast(entry);
	}

	@Override
	public synchronized List<LedgerEntry> find(LedgerQuery query) {
		return this.entries.stream().filter(query::matches).limit(query.limit()).toList();
	}

	@Override
	public synchronized List<LedgerEntry> latest(LedgerQuery query) {
		LedgerQuery searched = query.fromTheStart();
		List<LedgerEntry> latest = new ArrayList<>();
		for (Iterator<LedgerEntry> newest = this.entries.descendingIterator(); newest.hasNext()
				&& latest.size() < query.limit();) {
			LedgerEntry entry = newest.next();
			if (searched.matches(entry)) {
				latest.add(entry);
			}
		}
		return latest;
	}

	@Override
	public List<LedgerTotal> totals(@Nullable Instant from, @Nullable Instant to) {
		LedgerQuery period = new LedgerQuery(from, to, null, null, null, null, null, 1);
		Map<LedgerTotal, LedgerTotal> totals = new LinkedHashMap<>();
		LedgerTotal.add(totals, copy().stream().filter(period::matches).toList());
		return List.copyOf(totals.values());
	}

	@Override
	public List<PayerTotal> payers(@Nullable Instant from, int limit) {
		LedgerQuery period = new LedgerQuery(from, null, null, null, null, null, null, 1);
		return PayerTotal.most(copy().stream().filter(period::matches).flatMap(PayerTotal::of), limit);
	}

	@Override
	public List<UnsettledSale> unsettled(int limit) {
		Map<String, UnsettledSale> sales = new LinkedHashMap<>();
		copy().forEach((entry) -> UnsettledSale.add(sales, entry));
		return sales.values().stream().limit(limit).toList();
	}

	/**
	 * Payments do not wait while entries are added up.
	 */
	private synchronized List<LedgerEntry> copy() {
		return new ArrayList<>(this.entries);
	}

	@Override
	public int publish(int limit, Consumer<LedgerEntry> subscriber) {
		List<LedgerEntry> taken = take(limit);
		int published = 0;
		try {
			for (LedgerEntry entry : taken) {
				subscriber.accept(entry);
				published++;
			}
		}
		finally {
			giveBack(taken.subList(published, taken.size()));
		}
		return published;
	}

	private synchronized List<LedgerEntry> take(int limit) {
		List<LedgerEntry> taken = new ArrayList<>();
		while (taken.size() < limit && !this.unpublished.isEmpty()) {
			taken.add(this.unpublished.removeFirst());
		}
		return taken;
	}

	private synchronized void giveBack(List<LedgerEntry> entries) {
		for (int i = entries.size() - 1; i >= 0; i--) {
			this.unpublished.addFirst(entries.get(i));
		}
	}

}
