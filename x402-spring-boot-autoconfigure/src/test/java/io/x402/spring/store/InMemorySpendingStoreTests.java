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
