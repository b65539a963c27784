/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

/**
 * What a handler does, and what becomes of its response.
 */
enum Handling {

	/** Responds; the response is stored. */
	KEPT(false, true),

	/** Fails, and costs nothing. */
	FAILED(false, false),

	/** Cannot satisfy what the buyer asks for, and costs nothing. */
	UNSATISFIABLE(false, false),

	/** Does not run at all. */
	NOT_RUN(false, false),

	/** Asks for settlement, then responds; the response is stored. */
	AHEAD_KEPT(true, true),

	/**
	 * Asks for settlement because it responds with more than can be held, and is not
	 * stored.
	 */
	AHEAD_NOT_KEPT(true, true),

	/** Asks for settlement, then fails. */
	AHEAD_FAILED(true, false),

	/** Asks for settlement, begins to respond, then fails. */
	AHEAD_CUT_OFF(true, false);

	private final boolean ahead;

	private final boolean answered;

	Handling(boolean ahead, boolean answered) {
		this.ahead = ahead;
		this.answered = answered;
	}

	boolean isAhead() {
		return this.ahead;
	}

	boolean isAnswered() {
		return this.answered;
	}

	boolean isKept() {
		return this == KEPT || this == AHEAD_KEPT;
	}

}
