/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

/**
 * A transaction that is said to settle a claim although it settled another one.
 *
 * @since 0.1.0
 */
public class DuplicateTransactionException extends PaymentStoreException {

	/**
	 * Create an exception.
	 */
	public DuplicateTransactionException() {
		super("The transaction settled another payment already");
	}

}
