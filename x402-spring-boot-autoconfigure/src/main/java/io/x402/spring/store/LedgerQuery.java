/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What to look for in the ledger. A member that is {@code null} restricts nothing.
 *
 * @param from first moment, inclusive
 * @param to last moment, exclusive
 * @param payer address of the buyer, in any letter case
 * @param route HTTP method and path pattern
 * @param event what happened
 * @param sale correlation id of a sale
 * @param after id of the last entry of the page before
 * @param limit most entries of a page, from 1 to {@value #MAX_LIMIT}
 * @since 0.1.0
 */
public record LedgerQuery(@Nullable Instant from, @Nullable Instant to, @Nullable String payer, @Nullable String route,
		@Nullable LedgerEvent event, @Nullable String sale, @Nullable String after, int limit) {

	/**
	 * Most entries of a page.
	 */
	public static final int MAX_LIMIT = 1000;

	/**
	 * Create a query.
	 * @throws IllegalArgumentException if the limit is out of bounds
	 */
	public LedgerQuery {
		if (limit < 1 || limit > MAX_LIMIT) {
			throw new IllegalArgumentException("A page of the ledger has 1 to " + MAX_LIMIT + " entries");
		}
	}

	/**
	 * Return a query for the first entries of all.
	 * @param limit most entries of a page
	 * @return the query
	 */
	public static LedgerQuery all(int limit) {
		return new LedgerQuery(null, null, null, null, null, null, null, limit);
	}

	/**
	 * Return the query for the next page.
	 * @param entry the last entry of the page before
	 * @return the query
	 */
	public LedgerQuery after(LedgerEntry entry) {
		return new LedgerQuery(this.from, this.to, this.payer, this.route, this.event, this.sale, entry.id(),
				this.limit);
	}

	/**
	 * Return the query for the first page of the same entries.
	 * @return the query
	 * @since 0.2.0
	 */
	public LedgerQuery fromTheStart() {
		return new LedgerQuery(this.from, this.to, this.payer, this.route, this.event, this.sale, null, this.limit);
	}

	/**
	 * Return whether an entry is what is looked for, on this page or a later one.
	 * @param entry the entry
	 * @return {@code true} if nothing restricts it
	 */
	public boolean matches(LedgerEntry entry) {
		return (this.from == null || !entry.time().isBefore(this.from))
				&& (this.to == null || entry.time().isBefore(this.to))
				&& (this.payer == null || this.payer.equalsIgnoreCase(entry.payer()))
				&& (this.route == null || this.route.equals(entry.route()))
				&& (this.event == null || this.event == entry.event())
				&& (this.sale == null || this.sale.equals(entry.sale()))
				&& (this.after == null || entry.id().compareTo(this.after) > 0);
	}

}
