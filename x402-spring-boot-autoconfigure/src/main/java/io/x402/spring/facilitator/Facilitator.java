/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.util.Optional;

import io.x402.spring.protocol.SupportedResponse;

/**
 * Checks payments and moves money: the facilitator of the protocol. Implementations are
 * safe for concurrent use, respond within their own time limits and never throw from
 * {@link #verify} or {@link #settle} for anything that a remote party does.
 *
 * @since 0.1.0
 */
public interface Facilitator {

	/**
	 * Check a payment without moving money.
	 * @param request payment and offer
	 * @return the outcome
	 */
	VerificationOutcome verify(FacilitatorRequest request);

	/**
	 * Return why a verification would be refused right now without a call, for example
	 * because as many as permitted are under way. Payments are turned away by it before
	 * anything is done for them, so it is cheap and calls no one.
	 * @param request payment and offer
	 * @return what {@link #verify} would return, or empty if it would make a call
	 * @since 0.2.0
	 */
	default Optional<VerificationOutcome.Unavailable> unavailable(FacilitatorRequest request) {
		return Optional.empty();
	}

	/**
	 * Return how many verifications may be under way at the same time. At most half of
	 * them are used for payments whose signature only the facilitator can check, so that
	 * those do not keep others from being verified. It always returns the same number and
	 * calls no one.
	 * @return the maximum number, {@link Integer#MAX_VALUE} if there is none
	 * @since 0.2.0
	 */
	default int maxConcurrentVerifications() {
		return Integer.MAX_VALUE;
	}

	/**
	 * Move the money. Called at most once per payment by one owner; a repetition with the
	 * identical request must not move it twice.
	 * @param request payment and offer
	 * @return the outcome
	 */
	SettlementOutcome settle(FacilitatorRequest request);

	/**
	 * Return what this facilitator can settle.
	 * @return the supported kinds, possibly from a cache
	 * @throws FacilitatorException if they cannot be had right now
	 */
	SupportedResponse supported();

}
