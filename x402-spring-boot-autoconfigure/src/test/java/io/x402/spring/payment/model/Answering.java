/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

/**
 * What a facilitator does when it is asked to settle.
 */
enum Answering {

	/** Settles and says so, however often it is asked. */
	TRUTHFULLY,

	/** Settles, and its answer is lost. */
	AFTER_THE_FACT,

	/** Does nothing, and the question is lost. */
	NEVER,

	/** Sends a transaction that is mined later. */
	TOO_EARLY,

	/** Was certainly not reached, or refuses to work at all. */
	NOT_EXECUTED,

	/** Refuses for good. If it has settled before, says that funds are insufficient. */
	FUNDS_ARE_INSUFFICIENT,

	/** Says that the nonce is used if it is, else settles. */
	NONCE_IS_USED,

	/** Fails with a reason, having settled if the reason does not exclude it. */
	WITH_A_WORD_AFTER_THE_FACT,

	/** Fails with a reason, having sent a transaction if the reason allows it. */
	WITH_A_WORD_TOO_EARLY,

	/** Fails with a reason and has done nothing. */
	WITH_A_WORD,

	/** Does nothing, and shows a transaction that settled another payment. */
	WITH_THE_TRANSACTION_OF_ANOTHER,

	/** Settles and throws. */
	WITH_AN_EXCEPTION,

	/** Settles, and the process that asked dies. */
	A_DEAD_PROCESS,

	/** Does nothing, and the process that asked dies. */
	NOTHING_TO_A_DEAD_PROCESS

}
