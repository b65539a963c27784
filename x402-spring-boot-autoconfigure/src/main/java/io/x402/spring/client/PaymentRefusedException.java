/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import org.jspecify.annotations.Nullable;

/**
 * A payment that was asked for and not made, because the policy of the buyer does not
 * allow it. Nothing was signed. The message holds no text of the seller beyond single
 * words such as addresses.
 *
 * @since 0.1.0
 */
public class PaymentRefusedException extends RuntimeException {

	private final RefusalReason reason;

	private final transient @Nullable PurchaseTerms terms;

	private final @Nullable String limit;

	/**
	 * Create an exception.
	 * @param reason why
	 * @param terms what was asked for, or {@code null} if that is not known
	 * @param limit the limit that would be broken, or {@code null}
	 */
	public PaymentRefusedException(RefusalReason reason, @Nullable PurchaseTerms terms, @Nullable String limit) {
		super(message(reason, terms, limit));
		this.reason = reason;
		this.terms = terms;
		this.limit = limit;
	}

	private static String message(RefusalReason reason, @Nullable PurchaseTerms terms, @Nullable String limit) {
		StringBuilder message = new StringBuilder("Not paid, ").append(reason.code());
		if (terms != null) {
			message.append(": ").append(terms.text());
		}
		if (limit != null) {
			message.append("; the limit is ").append(limit);
		}
		return message.toString();
	}

	/**
	 * Return why the payment was not made.
	 * @return the reason
	 */
	public RefusalReason reason() {
		return this.reason;
	}

	/**
	 * Return what was asked for.
	 * @return the offer, or {@code null} if none could be read
	 */
	public @Nullable PurchaseTerms terms() {
		return this.terms;
	}

	/**
	 * Return the limit that would have been broken.
	 * @return the limit, or {@code null}
	 */
	public @Nullable String limit() {
		return this.limit;
	}

}
