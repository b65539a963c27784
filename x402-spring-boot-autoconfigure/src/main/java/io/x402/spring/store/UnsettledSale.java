/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Instant;
import java.util.Map;

/**
 * A sale of which the ledger does not tell whether the money moved.
 *
 * @param entry the last entry about it, of type {@link LedgerEvent#PENDING} or
 * {@link LedgerEvent#UNRESOLVED}
 * @param since when the first of these types was written
 * @since 0.2.0
 */
public record UnsettledSale(LedgerEntry entry, Instant since) {

	/**
	 * Bring sales up to date with a later entry.
	 * @param sales the sales without outcome by identifier, in the order of their last
	 * entries
	 * @param entry the entry
	 */
	static void add(Map<String, UnsettledSale> sales, LedgerEntry entry) {
		UnsettledSale before = sales.remove(entry.sale());
		if (entry.event().isUnsettled()) {
			sales.put(entry.sale(), new UnsettledSale(entry, (before != null) ? before.since() : entry.time()));
		}
	}

}
