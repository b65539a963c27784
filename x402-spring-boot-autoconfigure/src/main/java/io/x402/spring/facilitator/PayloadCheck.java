/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * A check of a payment that needs no network, made before any facilitator is asked.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PayloadCheck {

	/**
	 * Check a payment against its offer. What the check knows nothing about it lets pass.
	 * @param request payment and offer
	 * @return why the payment is refused, or {@code null} if this check has no objection
	 */
	@Nullable ReasonCode check(FacilitatorRequest request);

	/**
	 * Return whether this check proves that the key of the payer itself has signed the
	 * payment. Without a check that does, only the facilitator, who is dear to ask, can
	 * tell garbage from a payment, and anybody may have named the payer. Meaningful only
	 * after {@link #check} had no objection.
	 * @param request payment and offer
	 * @return {@code true} if it is certain that the payer has signed
	 */
	default boolean provesPayer(FacilitatorRequest request) {
		return false;
	}

}
