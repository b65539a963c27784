/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

/**
 * Transactions of the {@link OrderBook} where there is no database to have them.
 */
@Component
@ConditionalOnProperty(name = "spring.datasource.url", matchIfMissing = true, havingValue = "none")
final class OrderTransactions extends AbstractPlatformTransactionManager {

	private static final long serialVersionUID = 1L;

	@Override
	protected Object doGetTransaction() {
		return new Object();
	}

	@Override
	protected void doBegin(Object transaction, TransactionDefinition definition) {
		// The synchronizations do all there is to do
	}

	@Override
	protected void doCommit(DefaultTransactionStatus status) {
		// See doBegin
	}

	@Override
	protected void doRollback(DefaultTransactionStatus status) {
		// See doBegin
	}

}
