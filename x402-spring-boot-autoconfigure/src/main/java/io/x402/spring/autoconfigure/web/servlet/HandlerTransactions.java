/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.servlet;

import io.x402.spring.web.servlet.MvcPayments;

import org.springframework.transaction.PlatformTransactionManager;

/**
 * The transactions of handlers, of an application that has one transaction manager. Keeps
 * its type, which is optional, out of the configuration.
 *
 * @param manager begins, commits and rolls them back
 */
record HandlerTransactions(PlatformTransactionManager manager) {

	void bindTo(MvcPayments.Builder payments) {
		payments.transactions(this.manager);
	}

}
