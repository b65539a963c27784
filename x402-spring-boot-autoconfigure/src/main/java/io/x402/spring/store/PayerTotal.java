/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Sum of what a buyer paid with a token.
 *
 * @param payer address of the buyer
 * @param network CAIP-2 identifier
 * @param asset address of the token, lower case on EVM networks
 * @param count number of sales, at least one
 * @param amount sum of what was settled, in atomic units of the asset
 * @since 0.2.0
 */
public record PayerTotal(String payer, String network, String asset, long count, BigInteger amount) {

	private static final Comparator<PayerTotal> MOST_SALES = Comparator.comparing(PayerTotal::count)
		.reversed()
		.thenComparing(PayerTotal::key)
		.thenComparing(PayerTotal::network)
		.thenComparing(PayerTotal::asset);

	/**
	 * Return those with the most sales.
	 * @param parts sums, several of which may be of the same buyer and token
	 * @param limit most sums to return
	 * @return the sums, none twice, those with the most sales first
	 */
	public static List<PayerTotal> most(Stream<PayerTotal> parts, int limit) {
		Map<List<String>, PayerTotal> totals = new LinkedHashMap<>();
		parts
			.forEach((part) -> totals.merge(List.of(part.key(), part.network(), part.asset()), part, PayerTotal::plus));
		return totals.values().stream().sorted(MOST_SALES).limit(limit).toList();
	}

	static Stream<PayerTotal> of(LedgerEntry entry) {
		return (entry.event() == LedgerEvent.SETTLED && entry.payer() != null)
				? Stream.of(new PayerTotal(entry.payer(), entry.network(), entry.asset(), 1, entry.amount()))
				: Stream.empty();
	}

	private PayerTotal plus(PayerTotal other) {
		return new PayerTotal(this.payer, this.network, this.asset, this.count + other.count,
				this.amount.add(other.amount));
	}

	/**
	 * Letter case makes no other buyer.
	 */
	private String key() {
		return this.payer.toLowerCase(Locale.ROOT);
	}

}
