/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

/**
 * A transaction of a handler that is committed if, and only if, its payment is settled.
 *
 * @since 0.1.0
 */
public interface BoundTransaction {

	/**
	 * Let fail what can fail before money moves.
	 * @throws RuntimeException if the transaction cannot be committed
	 */
	void prepare();

	/**
	 * Commit.
	 * @throws RuntimeException if the transaction was not committed
	 */
	void commit();

	/**
	 * Mark the transaction, so that nothing that the handler goes on to write in it is
	 * committed.
	 */
	void rollBackOnly();

}
