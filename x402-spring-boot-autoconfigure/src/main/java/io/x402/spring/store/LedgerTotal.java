/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Sum of all ledger entries of a period that are equal in what they tell, what was
 * bought, and what was paid with.
 *
 * @param event what happened
 * @param route what was bought: HTTP method and path pattern
 * @param network CAIP-2 identifier
 * @param asset address of the token, lower case on EVM networks
 * @param reason reason code, or {@code null}
 * @param count number of entries, at least one
 * @param amount sum of their amounts, in atomic units of the asset
 * @since 0.2.0
 */
public record LedgerTotal(LedgerEvent event, String route, String network, String asset, @Nullable String reason,
		long count, BigInteger amount) {

	/**
	 * Add up entries.
	 * @param totals sums so far, by an entry with a count of zero; changed
	 * @param entries the entries
	 */
	static void add(Map<LedgerTotal, LedgerTotal> totals, Iterable<LedgerEntry> entries) {
		for (LedgerEntry entry : entries) {
			add(totals, new LedgerTotal(entry.event(), entry.route(), entry.network(), entry.asset(), entry.reason(), 1,
					entry.amount()));
		}
	}

	/**
	 * Add up sums of parts of a ledger.
	 * @param parts the sums
	 * @return the sums of all
	 */
	public static List<LedgerTotal> sum(Iterable<LedgerTotal> parts) {
		Map<LedgerTotal, LedgerTotal> totals = new LinkedHashMap<>();
		parts.forEach((part) -> add(totals, part));
		return List.copyOf(totals.values());
	}

	private static void add(Map<LedgerTotal, LedgerTotal> totals, LedgerTotal part) {
		totals.merge(part.with(0, BigInteger.ZERO), part,
				(one, other) -> one.with(one.count() + other.count(), one.amount().add(other.amount())));
	}

	private LedgerTotal with(long count, BigInteger amount) {
		return new LedgerTotal(this.event, this.route, this.network, this.asset, this.reason, count, amount);
	}

}
