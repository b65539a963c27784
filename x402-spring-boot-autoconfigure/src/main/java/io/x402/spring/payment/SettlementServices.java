/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.PaymentStore;
import org.jspecify.annotations.Nullable;

/**
 * What all settlements share.
 *
 * @param settler asks for settlements and records their outcome
 * @param requests writes down what is asked
 * @param cipher protects responses
 * @param identifiers binds identifiers of payments
 * @param listener is told what happens
 * @param settings limits
 */
record SettlementServices(Settler settler, StoredRequests requests, StoredContentCipher cipher,
		IdentifierClaims identifiers, PaymentListener listener, PaymentProcessorSettings settings) {

	PaymentStore store() {
		return this.settler.store();
	}

	/**
	 * Return how long the response to a payment can be delivered again.
	 * @return the time from its settlement, or {@code null} if it can not
	 */
	@Nullable Duration deliverableFor(FacilitatorRequest request) {
		Duration window = this.settings.redeliveryWindow();
		Duration least = request.signed().collectableFor();
		Duration longer = (window.compareTo(least) < 0) ? least : window;
		return longer.isZero() ? null : longer;
	}

	/**
	 * The handler of a claim has run once more without a charge.
	 */
	ClaimChange uncharged(Claim claim, String reason) {
		return (claim.runs() + 1 >= this.settings.unchargedRuns()) ? exhausted(reason) : ClaimChange.abandoned(reason);
	}

	/**
	 * The handler of a claim has run for the last time without a charge.
	 */
	ClaimChange exhausted(String reason) {
		return ClaimChange.exhausted(reason).shortened(this.settings.keptLonger());
	}

}
