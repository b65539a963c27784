/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A tool with its price.
 *
 * @param name its name
 * @param description what it does, or {@code null} if it does not say
 * @param pricing its price, or {@code null} if it has none
 * @since 0.2.0
 */
public record PricedTool(String name, @Nullable String description, @Nullable Pricing pricing) {

	/**
	 * Return whether its calls are priced.
	 * @return {@code false} if no call costs anything
	 */
	public boolean isPaid() {
		return this.pricing != null && !this.pricing.isFree();
	}

	/**
	 * Return its offers in order of preference.
	 * @return the offers, none if no call costs anything
	 */
	public List<PricedOffer> offers() {
		return (this.pricing != null) ? this.pricing.offers() : List.of();
	}

}
