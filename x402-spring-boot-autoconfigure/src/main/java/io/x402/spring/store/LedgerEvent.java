/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

/**
 * What an entry of the ledger tells.
 *
 * @since 0.1.0
 */
public enum LedgerEvent {

	/** The facilitator found the payment valid. */
	VERIFIED,

	/** The handler has run, but settlement could not be asked for. */
	EXECUTED,

	/** The payment was given back; nothing was charged. */
	RELEASED,

	/** The handler has run; nothing was charged. */
	ABANDONED,

	/** The money moved. */
	SETTLED,

	/** The money certainly did not and will not move. */
	DECLINED,

	/** It is not known yet whether the money moved. */
	PENDING,

	/** It could not be found out whether the money moved; someone must look. */
	UNRESOLVED,

	/** The response of a settled payment was delivered again. */
	REDELIVERED,

	/** A call took a use of a pass, or its price of a balance. */
	USED,

	/** What a call took of a pass or balance was given back. */
	GIVEN_BACK,

	/** The seller has ended a pass or balance. */
	REVOKED;

	/**
	 * Return whether this tells how a payment ended. Such entries are handed to
	 * listeners.
	 * @return {@code false} for the steps on the way
	 */
	public boolean isOutcome() {
		return this == SETTLED || this == DECLINED || this == PENDING || this == UNRESOLVED || this == REDELIVERED;
	}

	/**
	 * Return whether it is unknown after this whether the money moved.
	 * @return {@code true} for {@link #PENDING} and {@link #UNRESOLVED}
	 */
	public boolean isUnsettled() {
		return this == PENDING || this == UNRESOLVED;
	}

}
