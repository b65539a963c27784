/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.time.Duration;

import javax.sql.DataSource;

import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.QuotaStore;
import io.x402.spring.store.SpendingStore;
import org.jspecify.annotations.Nullable;

/**
 * Stores in one database, which all instances share. The tables of claims, ledger and
 * passes and free calls are in {@code schema-*.sql} beside this class, those of spending
 * in {@code spending-*.sql}. The database is called for the first time when a store is
 * used.
 *
 * @since 0.1.0
 */
public final class JdbcStores {

	private final DataSource dataSource;

	private final Duration timeout;

	/**
	 * Create the stores of a database.
	 * @param dataSource the database
	 * @param timeout maximum time to wait for a response of the database
	 */
	public JdbcStores(DataSource dataSource, Duration timeout) {
		this.dataSource = dataSource;
		this.timeout = timeout;
	}

	/**
	 * Create a store of claims. It writes the ledger in the transaction of each step.
	 * @param codec writes and reads receipts
	 * @param lease how long a claim outlives an instance that does not renew it
	 * @param ledgerRetention age at which ledger entries are deleted, {@code null} for
	 * never
	 * @return the store
	 */
	public PaymentStore payments(PaymentCodec codec, Duration lease, @Nullable Duration ledgerRetention) {
		return new JdbcPaymentStore(this.dataSource, codec, lease, this.timeout, ledgerRetention);
	}

	/**
	 * Create the ledger that the store of claims writes.
	 * @return the ledger
	 */
	public PaymentLedger ledger() {
		return new JdbcPaymentLedger(this.dataSource, this.timeout);
	}

	/**
	 * Create a store of free calls.
	 * @param maxClients maximum number of clients that are counted for each quota, about
	 * @return the store
	 * @since 0.2.0
	 */
	public QuotaStore quotas(int maxClients) {
		return new JdbcQuotaStore(this.dataSource, this.timeout, maxClients);
	}

	/**
	 * Create a store of what a buyer has spent.
	 * @return the store
	 */
	public SpendingStore spendings() {
		return new JdbcSpendingStore(this.dataSource, this.timeout);
	}

	/**
	 * Create a store of passes.
	 * @return the store
	 * @since 0.2.0
	 */
	public PassStore passes() {
		return new JdbcPassStore(this.dataSource, this.timeout);
	}

}
