/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Duration;

import io.x402.spring.fixture.MovingClock;
import io.x402.spring.store.InMemoryPaymentStore.Capacity;

/**
 * Stores in memory that forget by a clock that tests move.
 */
public final class InMemoryStores {

	private InMemoryStores() {
	}

	public static InMemoryPaymentStore of(int capacity, InMemoryPaymentLedger ledger, Duration lease,
			MovingClock clock) {
		return new InMemoryPaymentStore(Capacity.ofClaims(capacity), 1_000_000, ledger, lease, clock, clock::nanos);
	}

	/**
	 * Forget what is over, and return whether claims are left.
	 */
	public static boolean isEmpty(InMemoryPaymentStore store) {
		store.cleanUp();
		return store.memory() == 0;
	}

}
