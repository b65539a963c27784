/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;

import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerTotal;
import io.x402.spring.store.PayerTotal;

/**
 * How entries of the ledger are read from their table.
 */
final class LedgerRows {

	static final String COLUMNS = """
			id, written_at, event, purchase, route, network, scheme, asset, amount, pay_to, payer,
			transaction_hash, reason, note
			""";

	private LedgerRows() {
	}

	static LedgerEntry entry(ResultSet row, int number) throws SQLException {
		return new LedgerEntry(String.format(Locale.ROOT, "%019d", row.getLong("id")),
				Instant.ofEpochMilli(row.getLong("written_at")), LedgerEvent.valueOf(row.getString("event")),
				row.getString("purchase"), row.getString("route"), row.getString("network"), row.getString("scheme"),
				row.getString("asset"), row.getBigDecimal("amount").toBigIntegerExact(), row.getString("pay_to"),
				row.getString("payer"), row.getString("transaction_hash"), row.getString("reason"),
				row.getString("note"));
	}

	static LedgerTotal total(ResultSet row, int number) throws SQLException {
		return new LedgerTotal(LedgerEvent.valueOf(row.getString("event")), row.getString("route"),
				row.getString("network"), row.getString("asset"), row.getString("reason"), row.getLong("entries"),
				row.getBigDecimal("total").toBigIntegerExact());
	}

	static PayerTotal payer(ResultSet row, int number) throws SQLException {
		return new PayerTotal(row.getString("payer"), row.getString("network"), row.getString("asset"),
				row.getLong("entries"), row.getBigDecimal("total").toBigIntegerExact());
	}

}
