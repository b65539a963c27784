/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.util.List;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;

/**
 * What is asked for one request: the resource and the offers a buyer may choose from.
 *
 * @param resource what is sold
 * @param accepts the offers in order of preference, at least one
 * @since 0.1.0
 */
public record PaymentTerms(ResourceInfo resource, List<PaymentRequirements> accepts) {

	public PaymentTerms {
		accepts = List.copyOf(accepts);
		if (accepts.isEmpty()) {
			throw new IllegalArgumentException("Terms need at least one offer");
		}
	}

}
