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
	 * Return whether this check has no objection only because it cannot decide its
	 * question, so that the facilitator, who is dear to ask, is the first to tell garbage
	 * from a payment. Meaningful only after {@link #check} had no objection.
	 * @param request payment and offer
	 * @return {@code true} if only the facilitator can tell whether the payment is valid
	 */
	default boolean isLeftToFacilitator(FacilitatorRequest request) {
		return false;
	}

}
