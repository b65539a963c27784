/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import org.jspecify.annotations.Nullable;

/**
 * Finds out by itself, for example on chain, what became of a payment whose settlement
 * was asked for. Never moves money and never throws for anything that a remote party
 * does.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SettlementProbe {

	/**
	 * Look for the settlement of a payment.
	 * @param request payment and offer
	 * @param transaction hash of the transaction that is said to settle it, or
	 * {@code null} if none is known
	 * @return {@link SettlementOutcome.Settled} if the money certainly moved to the
	 * recipient in the offered amount, {@link SettlementOutcome.Declined} if it certainly
	 * did not and can not move any more, {@link SettlementOutcome.NotExecuted} if it
	 * certainly has not moved so far and still can, {@link SettlementOutcome.Unknown} in
	 * every other case, payments of networks that this probe does not know included
	 */
	SettlementOutcome probe(FacilitatorRequest request, @Nullable String transaction);

	/**
	 * Return whether this probe sees where a payment is settled, so that no one else has
	 * to be asked what became of it.
	 * @param request payment and offer
	 * @return {@code true} if what it does not know, no one must be asked either
	 */
	default boolean covers(FacilitatorRequest request) {
		return false;
	}

	/**
	 * Return whether this probe can see where a payment is settled, now or once what it
	 * looks at responds again. No person may say that such a payment was not settled: the
	 * probe will.
	 * @param request payment and offer
	 * @return {@code true} if it is left to this probe
	 * @since 0.2.0
	 */
	default boolean watches(FacilitatorRequest request) {
		return covers(request);
	}

}
