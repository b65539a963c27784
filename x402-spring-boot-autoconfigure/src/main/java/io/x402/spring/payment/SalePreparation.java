/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import io.x402.spring.VerifiedPayment;
import io.x402.spring.store.PaymentStoreException;

/**
 * Makes ready what a payment buys besides the response of its handler, such as a pass.
 * The engine calls it before the money moves, whatever the flow, and before the handler
 * runs again for money that has moved, so that nothing is taken for what cannot be kept.
 *
 * @since 0.2.0
 */
@FunctionalInterface
public interface SalePreparation {

	/**
	 * Make ready what is sold. It must not be usable before its payment is settled.
	 * @param sale the payment
	 * @return undoes it if the payment ends without a charge, and must not throw. It is
	 * not called as long as the outcome is unknown. Another request may take the same
	 * payment before
	 * @throws PaymentStoreException if it cannot be kept, so that its payment must not be
	 * charged
	 */
	Runnable prepare(Prepared sale);

	/**
	 * Return the preparation of sales that consist of a response only.
	 * @return prepares nothing
	 */
	static SalePreparation none() {
		return (sale) -> () -> {
		};
	}

	/**
	 * A payment that is about to be charged, or has been.
	 *
	 * @param claimId identity of the claim of the payment, which no other payment has
	 * @param offers offers for the request
	 * @param payment the payment, with a receipt if it has been charged
	 */
	record Prepared(String claimId, PaymentOffers offers, VerifiedPayment payment) {

	}

}
