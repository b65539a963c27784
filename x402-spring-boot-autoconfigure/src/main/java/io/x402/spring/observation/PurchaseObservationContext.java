/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import io.micrometer.observation.Observation;
import io.x402.spring.client.Purchase;
import io.x402.spring.client.PurchaseTerms;
import io.x402.spring.client.RefusalReason;
import org.jspecify.annotations.Nullable;

/**
 * Context of one call that pays, or of a payment that the policy refused. It holds what
 * was asked for and what became of it, but neither the payment nor its signature and
 * nonce, so that no handler can reveal them.
 *
 * @since 0.1.0
 */
public final class PurchaseObservationContext extends Observation.Context {

	private final OfferLabel label;

	private final String host;

	private final @Nullable PurchaseTerms terms;

	private @Nullable Purchase purchase;

	private @Nullable Outcome outcome;

	private @Nullable RefusalReason refusal;

	PurchaseObservationContext(OfferLabel label, String host, @Nullable PurchaseTerms terms) {
		this.label = label;
		this.host = host;
		this.terms = terms;
	}

	void end(Outcome outcome, Purchase purchase) {
		this.outcome = outcome;
		this.purchase = purchase;
	}

	void refuse(RefusalReason refusal) {
		this.outcome = Outcome.REFUSED;
		this.refusal = refusal;
	}

	/**
	 * Return the network, as a value of a small set.
	 * @return CAIP-2 identifier of a known network, {@code other}, or {@code none} if the
	 * offer could not be read
	 */
	public String getNetwork() {
		return this.label.network();
	}

	/**
	 * Return the token, as a value of a small set.
	 * @return ticker of a known token, {@code other}, or {@code none} if the offer could
	 * not be read
	 */
	public String getAsset() {
		return this.label.asset();
	}

	/**
	 * Return the payment scheme, as a value of a small set.
	 * @return scheme of the protocol, {@code other}, or {@code none} if the offer could
	 * not be read
	 */
	public String getScheme() {
		return this.label.scheme();
	}

	/**
	 * Return the host that is paid.
	 * @return the host, with its port if that is not the usual one
	 */
	public String getHost() {
		return this.host;
	}

	/**
	 * Return what the seller asks for.
	 * @return the terms, or {@code null} if they could not be read
	 */
	public @Nullable PurchaseTerms getTerms() {
		return this.terms;
	}

	/**
	 * Return what was bought, with the receipt of the seller.
	 * @return the purchase, or {@code null} as long as the call lasts and if nothing was
	 * paid
	 */
	public @Nullable Purchase getPurchase() {
		return this.purchase;
	}

	/**
	 * Return the outcome.
	 * @return the outcome, or {@code null} as long as the call lasts
	 */
	public @Nullable Outcome getOutcome() {
		return this.outcome;
	}

	/**
	 * Return why nothing was paid.
	 * @return the reason, or {@code null} unless the policy refused
	 */
	public @Nullable RefusalReason getRefusal() {
		return this.refusal;
	}

	/**
	 * What became of a payment.
	 */
	public enum Outcome {

		/** The seller delivered. */
		DELIVERED,

		/** The seller did not deliver, and may have taken the payment. */
		DECLINED,

		/** No one knows whether the seller took the payment. */
		UNDECIDED,

		/** The payment certainly did not reach the seller. */
		NOT_SENT,

		/** The policy did not allow the payment. Nothing was signed. */
		REFUSED

	}

}
