/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Tells several listeners and keeps what they throw away from the payment.
 */
final class PurchaseListeners implements PurchaseListener {

	private static final Log logger = LogFactory.getLog(PurchaseListeners.class);

	private final List<PurchaseListener> listeners;

	PurchaseListeners(List<PurchaseListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	@Override
	public void onPurchaseEvent(PurchaseEvent event) {
		for (PurchaseListener listener : this.listeners) {
			try {
				listener.onPurchaseEvent(event);
			}
			catch (Throwable ex) {
				// A payment may be on its way, so not even an error may change what comes
				// next
				logger.error("A purchase listener failed on " + event.getClass().getSimpleName(), ex);
			}
		}
	}

}
