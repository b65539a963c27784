/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.Locale;

/**
 * Why a buyer does not pay. The order is that of the checks of an offer.
 *
 * @since 0.1.0
 */
public enum RefusalReason {

	/** The 402 response cannot be read. */
	UNREADABLE_CHALLENGE,

	/** The offer cannot be read, or names no address to pay to. */
	UNREADABLE_OFFER,

	/** The scheme or the way of transfer is not supported, or not allowed. */
	SCHEME_NOT_ALLOWED,

	/** The network is not known, or not allowed. */
	NETWORK_NOT_ALLOWED,

	/** The token is not in the registry of the network, or not allowed. */
	ASSET_NOT_ALLOWED,

	/** The offer tells another domain or transfer method than the token has. */
	ASSET_MISMATCH,

	/** The flow of the payment is not known, or not allowed. */
	FLOW_NOT_ALLOWED,

	/** One request costs more than it may. */
	AMOUNT_ABOVE_LIMIT,

	/** The host is not one that may be paid. */
	HOST_NOT_ALLOWED,

	/** The payment would be readable on its way. */
	PLAIN_HTTP_NOT_ALLOWED,

	/** The request cannot be sent a second time. */
	BODY_NOT_REPEATABLE,

	/** The payment does not fit into a budget. */
	BUDGET_EXCEEDED,

	/** Whoever must approve the payment did not. */
	NOT_APPROVED,

	/** The host wants the money to go to another account than before. */
	RECIPIENT_CHANGED,

	/** Too many payments are open, their outcome is not known yet. */
	TOO_MANY_OPEN_PAYMENTS,

	/** The budgets, or the recipients that are remembered, cannot be asked. */
	BUDGET_NOT_AVAILABLE,

	/** The payment could not be signed. */
	SIGNING_FAILED;

	/**
	 * Return the code of the reason.
	 * @return the name in lower case
	 */
	public String code() {
		return name().toLowerCase(Locale.ROOT);
	}

}
