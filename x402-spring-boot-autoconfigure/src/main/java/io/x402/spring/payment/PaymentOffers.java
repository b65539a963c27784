/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.List;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;

/**
 * Offers for one request: the resource and the offers that a buyer may choose from.
 *
 * @param resource what is sold
 * @param accepts the offers in order of preference, at least one
 * @since 0.1.0
 */
public record PaymentOffers(ResourceInfo resource, List<PaymentRequirements> accepts) {

	public PaymentOffers {
		accepts = List.copyOf(accepts);
		if (accepts.isEmpty()) {
			throw new IllegalArgumentException("There must be at least one offer");
		}
	}

}
