/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.List;

import io.x402.spring.store.Spending;
import io.x402.spring.store.SpendingStore;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The payments of a payer that are signed or about to be, and what becomes of them.
 */
final class OpenPayments {

	private static final Log logger = LogFactory.getLog(OpenPayments.class);

	private final ReceiptReader receipts = new ReceiptReader();

	private final KeptPayments kept;

	private final SpendingStore spendings;

	private final PurchaseListeners listeners;

	private final PayerSettings settings;

	private final PaymentClock clock;

	OpenPayments(KeptPayments kept, SpendingStore spendings, PurchaseListeners listeners, PayerSettings settings,
			PaymentClock clock) {
		this.kept = kept;
		this.spendings = spendings;
		this.listeners = listeners;
		this.settings = settings;
		this.clock = clock;
	}

	/**
	 * Make room for a payment that is about to be signed.
	 * @return whether there is room
	 */
	boolean reserve() {
		return this.kept.reserve();
	}

	/**
	 * Give back what a payment took that was not signed.
	 * @param spending what was reserved of the budgets, or {@code null}
	 */
	void unreserve(@Nullable Spending spending) {
		this.kept.unreserve();
		release(spending);
	}

	void add(SignedPayment payment) {
		this.kept.add(payment);
	}

	@Nullable SignedPayment take(String fingerprint, List<SignedPayment> except) {
		return this.kept.take(fingerprint, except);
	}

	/**
	 * The seller delivered; the payment is of no more use.
	 */
	void delivered(SignedPayment payment, Purchase purchase) {
		this.kept.forget(payment);
		this.listeners.onPurchaseEvent(new PurchaseEvent.Delivered(purchase));
	}

	/**
	 * The seller delivered what the call had given up already.
	 */
	void deliveredLate(SignedPayment payment) {
		this.kept.forgetFree(payment);
	}

	/**
	 * Keep a payment that may have been taken, for the next request that is the same.
	 */
	void keep(SignedPayment payment, PurchaseEvent event) {
		this.kept.free(payment);
		this.listeners.onPurchaseEvent(event);
	}

	/**
	 * The seller refuses the payment, which has expired. It stays in the budgets, because
	 * that is only what the seller says.
	 */
	void refused(SignedPayment payment, Purchase purchase) {
		this.kept.forget(payment);
		this.listeners.onPurchaseEvent(new PurchaseEvent.Declined(purchase));
	}

	/**
	 * Another payment that may arrive takes the place of those that have expired.
	 */
	void replaced(List<SignedPayment> payments) {
		payments.forEach(this.kept::forgetFree);
	}

	/**
	 * The payment was not handed to an HTTP client, so it certainly never left.
	 */
	void notSent(SignedPayment payment, Purchase purchase) {
		this.kept.forget(payment);
		release(payment.spending());
		this.listeners.onPurchaseEvent(new PurchaseEvent.NotSent(purchase));
	}

	private void release(@Nullable Spending spending) {
		if (spending == null) {
			return;
		}
		try {
			this.spendings.release(spending);
		}
		catch (RuntimeException ex) {
			logger.warn("A payment that was not made stays counted, because the budgets cannot be asked", ex);
		}
	}

	ReceiptReader receipts() {
		return this.receipts;
	}

	PayerSettings settings() {
		return this.settings;
	}

	PaymentClock clock() {
		return this.clock;
	}

}
