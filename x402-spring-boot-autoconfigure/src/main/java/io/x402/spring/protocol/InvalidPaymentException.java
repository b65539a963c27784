/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

/**
 * A payment that is refused before a facilitator is called. Its message is safe to show:
 * it never holds any part of what the buyer sent. It has no stack trace, because refusing
 * garbage must stay cheap.
 *
 * @since 0.1.0
 */
public class InvalidPaymentException extends RuntimeException {

	private final ReasonCode reason;

	/**
	 * Create an exception.
	 * @param reason the reason
	 * @param message what is wrong, without any of the buyer's text
	 */
	public InvalidPaymentException(ReasonCode reason, String message) {
		super(message, null, false, false);
		this.reason = reason;
	}

	/**
	 * Return why the payment is refused.
	 * @return the reason
	 */
	public ReasonCode reason() {
		return this.reason;
	}

}
