/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

/**
 * How the facilitator behaves towards one request.
 *
 * @param verifying how it answers when it is asked to verify
 * @param answering how it answers when it is asked to settle
 * @param word the reason that it gives where it gives one
 */
record Conduct(Verifying verifying, Answering answering, Word word) {

	static final Conduct TRUTHFUL = new Conduct(Verifying.VALID, Answering.TRUTHFULLY, Word.UNKNOWN_WORD);

	static final Conduct SILENT = new Conduct(Verifying.VALID, Answering.NEVER, Word.UNKNOWN_WORD);

	/**
	 * What a facilitator does when it is asked to verify.
	 */
	enum Verifying {

		/** Finds the payment valid. */
		VALID,

		/** Finds it invalid. */
		INVALID,

		/** Is known to be out of use before it is asked. */
		OUT_OF_USE,

		/** Cannot be asked. */
		UNAVAILABLE,

		/** Throws. */
		WITH_AN_EXCEPTION

	}

}
