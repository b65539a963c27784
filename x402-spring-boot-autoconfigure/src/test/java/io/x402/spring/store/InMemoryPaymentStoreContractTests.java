/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Clock;
import java.time.Duration;

import io.x402.spring.store.tck.PaymentStoreContractTests;

class InMemoryPaymentStoreContractTests extends PaymentStoreContractTests {

	private final InMemoryPaymentLedger ledger = new InMemoryPaymentLedger(100_000, Clock.systemUTC());

	private final InMemoryPaymentStore store = new InMemoryPaymentStore(10_000, 1_000_000, this.ledger,
			Clock.systemUTC());

	@Override
	protected PaymentStore createStore(Duration lease) {
		return new InMemoryPaymentStore(this.store, lease);
	}

	@Override
	protected PaymentLedger createLedger() {
		return this.ledger;
	}

}
