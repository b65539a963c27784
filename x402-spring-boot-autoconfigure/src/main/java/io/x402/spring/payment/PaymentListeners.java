/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Tells several listeners and keeps what they throw away from the payment.
 */
final class PaymentListeners implements PaymentListener {

	private static final Log logger = LogFactory.getLog(PaymentListeners.class);

	private final List<PaymentListener> listeners;

	PaymentListeners(List<PaymentListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	@Override
	public void onPaymentEvent(PaymentEvent event) {
		for (PaymentListener listener : this.listeners) {
			try {
				listener.onPaymentEvent(event);
			}
			catch (Throwable ex) {
				// Money may have moved, so not even an error may change what comes next
				logger.error("A payment listener failed on " + event.getClass().getSimpleName(), ex);
			}
		}
	}

}
