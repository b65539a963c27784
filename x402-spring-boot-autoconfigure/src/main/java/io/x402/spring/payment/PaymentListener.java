/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

/**
 * Is told what happens to payments.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PaymentListener {

	/**
	 * Handle an event.
	 * @param event the event
	 */
	void onPaymentEvent(PaymentEvent event);

}
