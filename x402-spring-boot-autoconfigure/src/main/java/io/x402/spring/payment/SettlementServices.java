package io.x402.spring.payment;

import io.x402.spring.store.PaymentStore;

/**
 * What all settlements share.
 *
 * @param settler asks for settlements and records their outcome
 * @param requests writes down what is asked
 * @param cipher protects answers
 * @param listener is told what happens
 * @param settings limits
 */
record SettlementServices(Settler settler, StoredRequests requests, StoredContentCipher cipher,
		PaymentListener listener, PaymentProcessorSettings settings) {

	PaymentStore store() {
		return this.settler.store();
	}

}
