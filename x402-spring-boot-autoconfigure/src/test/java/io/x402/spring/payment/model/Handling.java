package io.x402.spring.payment.model;

/**
 * What a handler does, and what becomes of its answer.
 */
enum Handling {

	/** Answers; the answer is kept. */
	KEPT(false, true),

	/** Answers with more than is kept. */
	NOT_KEPT(false, true),

	/** Fails, and costs nothing. */
	FAILED(false, false),

	/** Asks for settlement, then answers; the answer is kept. */
	AHEAD_KEPT(true, true),

	/** Asks for settlement, then answers with more than is kept. */
	AHEAD_NOT_KEPT(true, true),

	/** Asks for settlement, then fails. */
	AHEAD_FAILED(true, false);

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
