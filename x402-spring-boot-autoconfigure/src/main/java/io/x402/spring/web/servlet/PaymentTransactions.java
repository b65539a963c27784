/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import org.springframework.transaction.PlatformTransactionManager;

/**
 * Begins transactions that are bound to payments.
 */
final class PaymentTransactions {

	private final PlatformTransactionManager manager;

	/**
	 * Create transactions.
	 * @param manager begins, commits and rolls them back; of a kind that is bound to
	 * threads, as those for JDBC and JPA are
	 */
	PaymentTransactions(PlatformTransactionManager manager) {
		this.manager = manager;
	}

	PaymentTransaction begin() {
		return PaymentTransaction.begin(this.manager);
	}

}
