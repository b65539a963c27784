/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentScheme;
import io.x402.spring.money.Network;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * An offer of a price, as far as it is known at startup.
 *
 * @param price the price as it is written, such as {@code $0.05}, or the expression or
 * bean reference that yields it for each request; placeholders are resolved
 * @param network the network to be paid on
 * @param scheme how the charged amount follows from the price
 * @param flow when money moves in relation to the handler
 * @param topUp whether it buys a balance, of which each call takes its price
 * @param requirements the offer on the wire before the facilitator's entries are added,
 * or {@code null} if offers of this price depend on the request
 * @since 0.1.0
 */
public record PricedOffer(String price, Network network, PaymentScheme scheme, PaymentFlow flow, boolean topUp,
		@Nullable PaymentRequirements requirements) {

	/**
	 * Return the price for a reader.
	 * @return the price, with {@code up to} where it is a maximum, and named where it is
	 * a top-up
	 */
	public String text() {
		if (this.topUp) {
			return "a top-up of " + this.price;
		}
		return this.scheme.rules().isMetered() ? "up to " + this.price : this.price;
	}

}
