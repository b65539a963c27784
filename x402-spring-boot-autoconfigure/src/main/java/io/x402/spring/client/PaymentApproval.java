/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

/**
 * Is asked before a payment above the amount of {@link SpendingPolicy#approveAbove()} is
 * signed. May take its time: the money is reserved meanwhile. Asked on the thread of the
 * request, with {@code WebClient} on one that may block.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PaymentApproval {

	/**
	 * Decide about a payment.
	 * @param purchase what would be bought
	 * @return whether it may be paid
	 */
	boolean approve(Purchase purchase);

}
