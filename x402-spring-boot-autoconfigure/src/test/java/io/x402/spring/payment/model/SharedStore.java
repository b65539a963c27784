/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.time.Duration;
import java.util.List;

import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.PaymentStore;

/**
 * The store that processes share, and that outlives them.
 */
interface SharedStore {

	/**
	 * Return the store as seen by a process that does not die.
	 */
	PaymentStore store();

	/**
	 * Return all that is in the books.
	 */
	List<LedgerEntry> booked();

	/**
	 * Let time pass.
	 */
	void pass(Duration time);

	/**
	 * Return how many claims there are that have not been forgotten, or at least whether
	 * there are any.
	 */
	int size();

}
