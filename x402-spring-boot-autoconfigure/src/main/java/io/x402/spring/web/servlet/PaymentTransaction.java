/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import io.x402.spring.payment.BoundTransaction;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.DefaultTransactionDefinition;

/**
 * A transaction around one run of a paid handler that commits only if the payment is
 * settled. What the handler does in transactions of its own takes part, unless it asks
 * for new ones. It is bound to the thread of the request.
 */
final class PaymentTransaction implements BoundTransaction {

	private static final Log logger = LogFactory.getLog(PaymentTransaction.class);

	private final PlatformTransactionManager manager;

	private final Thread thread = Thread.currentThread();

	private final TransactionStatus status;

	private PaymentTransaction(PlatformTransactionManager manager) {
		this.manager = manager;
		this.status = manager.getTransaction(new DefaultTransactionDefinition());
	}

	static PaymentTransaction begin(PlatformTransactionManager manager) {
		return new PaymentTransaction(manager);
	}

	@Override
	public void prepare() {
		if (this.status.isCompleted() || Thread.currentThread() != this.thread) {
			throw new IllegalStateException("The handler went on after the end of its payment transaction");
		}
		if (this.status.isRollbackOnly()) {
			throw new UnexpectedRollbackException("The handler marked its payment transaction for rollback");
		}
		this.status.flush();
	}

	@Override
	public void commit() {
		this.manager.commit(this.status);
	}

	/**
	 * The transaction stays open, so that what the handler goes on to write is rolled
	 * back with the rest.
	 */
	@Override
	public void rollBackOnly() {
		if (!this.status.isCompleted() && Thread.currentThread() == this.thread) {
			this.status.setRollbackOnly();
		}
	}

	/**
	 * Roll back, unless the transaction has ended.
	 */
	void rollback() {
		if (this.status.isCompleted() || Thread.currentThread() != this.thread) {
			return;
		}
		try {
			this.manager.rollback(this.status);
		}
		catch (RuntimeException ex) {
			logger.error("A payment transaction could not be rolled back", ex);
		}
	}

}
