/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.util.List;
import java.util.function.Consumer;

/**
 * The ledger: what was required, verified, settled, declined, is pending or was delivered
 * again. A {@link PaymentStore} writes them, in the same step as the state they tell of.
 *
 * @since 0.1.0
 */
public interface PaymentLedger {

	/**
	 * Read a page of the ledger.
	 * @param query what to look for
	 * @return the entries in the order of their ids, fewer than the limit on the last
	 * page
	 * @throws PaymentStoreException if the ledger is out of reach
	 */
	List<LedgerEntry> find(LedgerQuery query);

	/**
	 * Hand over outcomes that have not been handed over yet. An entry counts as handed
	 * over when the subscriber returns; if the process dies before that was recorded, it
	 * is handed over once more. Instances that share the ledger do not wait for each
	 * other.
	 * @param limit most entries
	 * @param subscriber gets the entries one by one; what it throws ends this call, and
	 * its entry and those after it are handed over later
	 * @return how many were handed over
	 * @throws PaymentStoreException if the ledger is out of reach
	 */
	int publish(int limit, Consumer<LedgerEntry> subscriber);

}
