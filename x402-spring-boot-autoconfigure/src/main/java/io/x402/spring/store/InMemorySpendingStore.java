/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Keeps account in the memory of one process, which starts from nothing again when the
 * process does.
 *
 * @since 0.1.0
 */
public final class InMemorySpendingStore implements SpendingStore {

	private static final long DAY_IN_MINUTES = 24 * 60;

	private final Map<String, Account> accounts = new HashMap<>();

	private final Map<List<String>, String> recipients = new ConcurrentHashMap<>();

	@Override
	public synchronized @Nullable SpendingLimit reserve(Spending spending, List<SpendingLimit> limits) {
		Account account = this.accounts.computeIfAbsent(spending.account(), (address) -> new Account());
		account.forgetBefore(spending.minute() - DAY_IN_MINUTES);
		for (SpendingLimit limit : limits) {
			if (account.spent(spending, limit) + spending.micros() > limit.micros()) {
				return limit;
			}
		}
		account.add(spending, spending.micros());
		return null;
	}

	@Override
	public synchronized void release(Spending spending) {
		Account account = this.accounts.get(spending.account());
		if (account != null) {
			account.add(spending, -spending.micros());
		}
	}

	@Override
	public String pin(String account, String host, String network, String recipient) {
		String first = this.recipients.putIfAbsent(List.of(account, host, network), recipient);
		return (first != null) ? first : recipient;
	}

	/**
	 * What one account spent by minute, in all and by host.
	 */
	private static final class Account {

		private final Ledger all = new Ledger();

		private final Map<String, Ledger> hosts = new HashMap<>();

		private long cleaned;

		long spent(Spending spending, SpendingLimit limit) {
			Ledger ledger = limit.perHost() ? this.hosts.getOrDefault(spending.host(), new Ledger()) : this.all;
			return (limit.window() != null) ? ledger.since(spending.minute() - limit.window().toMinutes())
					: ledger.total;
		}

		void add(Spending spending, long micros) {
			this.all.add(spending.minute(), micros);
			this.hosts.computeIfAbsent(spending.host(), (host) -> new Ledger()).add(spending.minute(), micros);
		}

		void forgetBefore(long minute) {
			if (minute > this.cleaned) {
				this.cleaned = minute;
				this.all.minutes.headMap(minute).clear();
				this.hosts.values().forEach((ledger) -> ledger.minutes.headMap(minute).clear());
			}
		}

	}

	private static final class Ledger {

		private final NavigableMap<Long, Long> minutes = new TreeMap<>();

		private long total;

		void add(long minute, long micros) {
			this.total += micros;
			this.minutes.merge(minute, micros, Long::sum);
		}

		/** Includes the whole first minute, which is partly older: rather too much. */
		long since(long minute) {
			return this.minutes.tailMap(minute).values().stream().mapToLong(Long::longValue).sum();
		}

	}

}
