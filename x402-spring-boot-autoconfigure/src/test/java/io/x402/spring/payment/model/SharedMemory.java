/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.time.Duration;
import java.util.List;

import io.x402.spring.fixture.MovingClock;
import io.x402.spring.store.InMemoryPaymentLedger;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.InMemoryStores;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentStore;

/**
 * The memory store, which instances do not share elsewhere. It is fast.
 */
final class SharedMemory implements SharedStore {

	private final MovingClock clock;

	private final InMemoryPaymentLedger ledger;

	private final InMemoryPaymentStore store;

	SharedMemory(MovingClock clock) {
		this.clock = clock;
		this.ledger = new InMemoryPaymentLedger(1000, clock);
		this.store = InMemoryStores.of(100, this.ledger, World.LEASE, clock);
	}

	@Override
	public PaymentStore store() {
		return this.store;
	}

	@Override
	public List<LedgerEntry> booked() {
		return this.ledger.find(LedgerQuery.all(LedgerQuery.MAX_LIMIT));
	}

	@Override
	public void pass(Duration time) {
		this.clock.pass(time);
	}

	@Override
	public int size() {
		return InMemoryStores.isEmpty(this.store) ? 0 : 1;
	}

}
