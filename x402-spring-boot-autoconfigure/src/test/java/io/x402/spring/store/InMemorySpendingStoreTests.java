/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

/**
 * Tests for {@link InMemorySpendingStore}.
 */
class InMemorySpendingStoreTests extends SpendingStoreContractTests {

	private final SpendingStore store = new InMemorySpendingStore();

	@Override
	protected SpendingStore store() {
		return this.store;
	}

}
