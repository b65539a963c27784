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

	/**
	 * Clocks can be set ahead for a while and back, so that what seems old is kept as
	 * well as long as it does not take much memory.
	 */
	private static final long KEPT_MINUTES = 2 * DAY_IN_MINUTES;

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
		account.add(spending);
		return null;
	}

	@Override
	public synchronized void release(Spending spending) {
		Account account = this.accounts.get(spending.account());
		if (account != null) {
			account.takeBack(spending);
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

		void add(Spending spending) {
			this.all.add(spending.minute(), spending.micros());
			this.hosts.computeIfAbsent(spending.host(), (host) -> new Ledger())
				.add(spending.minute(), spending.micros());
		}

		void takeBack(Spending spending) {
			this.all.takeBack(spending);
			this.hosts.getOrDefault(spending.host(), new Ledger()).takeBack(spending);
		}

		void forgetBefore(long minute) {
			if (minute != this.cleaned) {
				this.cleaned = minute;
				this.all.forgetBefore(minute);
				this.hosts.values().forEach((ledger) -> ledger.forgetBefore(minute));
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

		/** What is forgotten since does not count any more. */
		void takeBack(Spending spending) {
			this.total -= spending.micros();
			this.minutes.computeIfPresent(spending.minute(), (minute, micros) -> micros - spending.micros());
		}

		void forgetBefore(long minute) {
			while (this.minutes.size() > KEPT_MINUTES && this.minutes.firstKey() < minute) {
				this.minutes.pollFirstEntry();
			}
		}

		/** Includes the whole first minute, which is partly older: rather too much. */
		long since(long minute) {
			return this.minutes.tailMap(minute).values().stream().mapToLong(Long::longValue).sum();
		}

	}

}
