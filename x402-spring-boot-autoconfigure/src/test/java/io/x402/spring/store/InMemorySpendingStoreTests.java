package io.x402.spring.store;

import io.x402.spring.client.InMemorySpendingStore;
import io.x402.spring.client.SpendingStore;

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
