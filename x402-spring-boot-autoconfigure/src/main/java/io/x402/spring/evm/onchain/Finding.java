/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

/**
 * What a transaction proves about an authorization.
 *
 * @param kind what is proved
 * @param transfer position of the transfer among the events of the transaction if the
 * payment is settled, otherwise meaningless
 */
record Finding(Kind kind, int transfer) {

	/** The transaction did not use the authorization. */
	static final Finding NONE = new Finding(Kind.NONE, -1);

	/** The transaction may have settled the payment, and nothing proves it. */
	static final Finding UNCLEAR = new Finding(Kind.UNCLEAR, -1);

	/** The transaction used the authorization up for something else. */
	static final Finding VOID = new Finding(Kind.VOID, -1);

	static Finding settled(int transfer) {
		return new Finding(Kind.SETTLED, transfer);
	}

	boolean isSettled() {
		return this.kind == Kind.SETTLED;
	}

	/**
	 * What can be proved.
	 */
	enum Kind {

		SETTLED, VOID, UNCLEAR, NONE

	}

}
