/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Keeps account of what was spent and on whom. Several instances with one budget share
 * one.
 *
 * @since 0.1.0
 */
public interface SpendingStore {

	/**
	 * Count a payment if it fits into every budget, in one atomic step.
	 * @param spending the payment
	 * @param limits the budgets
	 * @return {@code null} if it is counted, or the first budget that it would break
	 * @throws RuntimeException if the store is not available; nothing may be paid then
	 */
	@Nullable SpendingLimit reserve(Spending spending, List<SpendingLimit> limits);

	/**
	 * Take back a payment that was counted and certainly not made.
	 * @param spending the payment
	 */
	void release(Spending spending);

	/**
	 * Return the recipient that a host is paid on, which is the given one if the account
	 * has not paid the host on that network before. Among several that are given at the
	 * same time one is the first, for all instances.
	 * @param account address that pays
	 * @param host host that is paid, with its port if that is not the usual one
	 * @param network CAIP-2 identifier of the network
	 * @param recipient address that the host wants to be paid on now, in lower case
	 * @return the address that was given first
	 * @throws RuntimeException if the store is not available; nothing may be paid then
	 */
	String pin(String account, String host, String network, String recipient);

}
