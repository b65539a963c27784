/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.PaymentStore;

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
