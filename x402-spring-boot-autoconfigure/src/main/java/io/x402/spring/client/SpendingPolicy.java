/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.math.BigDecimal;
import java.util.List;

import io.x402.spring.store.SpendingLimit;
import org.jspecify.annotations.Nullable;

/**
 * What may be spent, and on whom. Whatever it does not allow is not paid.
 *
 * @param sellers who may be paid
 * @param offers which offers may be taken
 * @param maxAmountPerRequest most that one request may cost, in tokens
 * @param approveAbove amount in tokens above which every payment has to be approved, or
 * {@code null} if none has
 * @param limits budgets over several payments
 * @since 0.1.0
 */
public record SpendingPolicy(AllowedSellers sellers, AllowedOffers offers, BigDecimal maxAmountPerRequest,
		@Nullable BigDecimal approveAbove, List<SpendingLimit> limits) {

	public SpendingPolicy {
		limits = List.copyOf(limits);
	}

	boolean needsApproval(BigDecimal price) {
		return this.approveAbove != null && price.compareTo(this.approveAbove) > 0;
	}

}
