/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

import io.x402.spring.protocol.AuthorizationKey;
import org.jspecify.annotations.Nullable;

/**
 * Payments that were used last. Where there is no room for another one, the payer with
 * most of them loses its oldest one, so that no payer takes the room of those who have
 * fewer. Payers who are not shown by their payments count as one for each network. Not
 * safe for concurrent use.
 */
final class RecentPayments {

	private final int capacity;

	private final Map<String, Map<AuthorizationKey, SettlementProgress>> payments = new HashMap<>();

	/** Payers by their number of payments, highest first. */
	private final NavigableMap<Integer, Set<String>> payers = new TreeMap<>(Comparator.reverseOrder());

	private int size;

	RecentPayments(int capacity) {
		this.capacity = capacity;
	}

	@Nullable SettlementProgress find(AuthorizationKey key) {
		return this.payments.getOrDefault(payer(key), Map.of()).get(key);
	}

	void add(AuthorizationKey key, SettlementProgress progress) {
		remove(key);
		String payer = payer(key);
		Map<AuthorizationKey, SettlementProgress> own = this.payments.computeIfAbsent(payer,
				(name) -> new LinkedHashMap<>());
		own.put(key, progress);
		this.size++;
		count(payer, own.size() - 1, own.size());
		if (this.size > this.capacity) {
			remove(oldest());
		}
	}

	void remove(AuthorizationKey key) {
		String payer = payer(key);
		Map<AuthorizationKey, SettlementProgress> own = this.payments.get(payer);
		if (own == null || own.remove(key) == null) {
			return;
		}
		this.size--;
		count(payer, own.size() + 1, own.size());
		if (own.isEmpty()) {
			this.payments.remove(payer);
		}
	}

	private AuthorizationKey oldest() {
		String payer = this.payers.firstEntry().getValue().iterator().next();
		return this.payments.getOrDefault(payer, Map.of()).keySet().iterator().next();
	}

	private void count(String payer, int before, int now) {
		this.payers.computeIfPresent(before, (count, names) -> {
			names.remove(payer);
			return names.isEmpty() ? null : names;
		});
		if (now > 0) {
			this.payers.computeIfAbsent(now, (count) -> new LinkedHashSet<>()).add(payer);
		}
	}

	private static String payer(AuthorizationKey key) {
		return key.payer().isEmpty() ? key.network() : key.payer();
	}

}
