/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.time.Duration;
import java.util.List;

import io.x402.spring.PaymentFlow;
import org.jspecify.annotations.Nullable;

/**
 * Defaults for attributes that an offer does not set.
 *
 * @param payTo the recipient, or {@code null} if there is no default
 * @param networks the networks, at least one
 * @param maxTimeout validity that the buyer must sign for
 * @param flow when money moves in relation to the handler
 */
record PricingDefaults(@Nullable String payTo, List<String> networks, Duration maxTimeout, PaymentFlow flow) {

	PricingDefaults {
		networks = List.copyOf(networks);
	}

}
