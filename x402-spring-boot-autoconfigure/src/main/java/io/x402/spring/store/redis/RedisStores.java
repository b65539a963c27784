/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.time.Duration;

import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.QuotaStore;
import io.x402.spring.store.SpendingStore;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Stores in one Redis, which all instances share. Redis must not evict keys. A failover
 * that loses the last writes forgets what was in them.
 *
 * @since 0.1.0
 */
public final class RedisStores {

	private final StringRedisTemplate redis;

	/**
	 * Create the stores of a Redis.
	 * @param redis the connection, whose timeout limits how long a step waits
	 */
	public RedisStores(StringRedisTemplate redis) {
		this.redis = redis;
	}

	/**
	 * Create a store of claims. It writes the ledger in the script of each step.
	 * @param codec writes and reads receipts
	 * @param lease how long a claim outlives an instance that does not renew it
	 * @param ledgerRetention age at which ledger entries are deleted, {@code null} for
	 * never
	 * @return the store
	 */
	public PaymentStore payments(PaymentCodec codec, Duration lease, @Nullable Duration ledgerRetention) {
		return new RedisPaymentStore(this.redis, codec, lease, ledgerRetention);
	}

	/**
	 * Create the ledger that the store of claims writes.
	 * @return the ledger
	 */
	public PaymentLedger ledger() {
		return new RedisPaymentLedger(this.redis);
	}

	/**
	 * Create a store of free calls.
	 * @param maxClients maximum number of clients that are counted for each quota
	 * @return the store
	 * @since 0.2.0
	 */
	public QuotaStore quotas(int maxClients) {
		return new RedisQuotaStore(this.redis, maxClients);
	}

	/**
	 * Create a store of what a buyer has spent.
	 * @return the store
	 */
	public SpendingStore spendings() {
		return new RedisSpendingStore(this.redis);
	}

	/**
	 * Create a store of passes.
	 * @return the store
	 * @since 0.2.0
	 */
	public PassStore passes() {
		return new RedisPassStore(this.redis);
	}

}
