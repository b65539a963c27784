/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;

import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentLedger;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * Actuator {@link Endpoint @Endpoint} to expose the ledger of payments. It reveals
 * revenue and must be exposed explicitly.
 */
@Endpoint(id = "x402ledger")
final class PaymentLedgerEndpoint {

	private static final int DEFAULT_LIMIT = 100;

	private final PaymentLedger ledger;

	/**
	 * Create an endpoint.
	 * @param ledger the ledger
	 */
	PaymentLedgerEndpoint(PaymentLedger ledger) {
		this.ledger = ledger;
	}

	/**
	 * Return a page of the ledger.
	 * @param from start of the period, inclusive
	 * @param to end of the period, exclusive
	 * @param payer address of the buyer
	 * @param route HTTP method and path pattern
	 * @param event type of entries
	 * @param sale correlation id of a sale
	 * @param after ID of the last entry of the previous page
	 * @param limit maximum number of entries, from 1 to 1000; 100 by default
	 * @return the page
	 */
	@ReadOperation
	Page entries(@Nullable OffsetDateTime from, @Nullable OffsetDateTime to, @Nullable String payer,
			@Nullable String route, @Nullable LedgerEvent event, @Nullable String sale, @Nullable String after,
			@Nullable Integer limit) {
		int size = Math.max(1, Math.min((limit != null) ? limit : DEFAULT_LIMIT, LedgerQuery.MAX_LIMIT));
		List<LedgerEntry> entries = this.ledger
			.find(new LedgerQuery(instant(from), instant(to), payer, route, event, sale, after, size));
		return new Page(entries, (entries.size() == size) ? entries.get(size - 1).id() : null);
	}

	private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
		return (time != null) ? time.toInstant() : null;
	}

	/**
	 * Page of the ledger.
	 *
	 * @param entries the entries
	 * @param after parameter of the request for the next page, {@code null} on the last
	 * page
	 */
	record Page(List<LedgerEntry> entries, @Nullable String after) {

	}

}
