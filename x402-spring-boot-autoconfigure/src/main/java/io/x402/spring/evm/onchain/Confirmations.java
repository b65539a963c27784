/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import io.x402.spring.protocol.PaymentRequirements;

/**
 * Decides how deep a payment must be in the chain before it counts.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Confirmations {

	/**
	 * Return how many blocks must confirm a payment.
	 * @param offer the offer, which tells token and amount
	 * @return the number of blocks, that of the transaction included; at least 1
	 */
	int of(PaymentRequirements offer);

}
