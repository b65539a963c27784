/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

/**
 * Is told what happens to the payments of this buyer.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PurchaseListener {

	/**
	 * Handle an event.
	 * @param event the event
	 */
	void onPurchaseEvent(PurchaseEvent event);

}
