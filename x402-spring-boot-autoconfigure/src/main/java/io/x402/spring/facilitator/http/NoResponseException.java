/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

/**
 * A call of a facilitator without a complete response.
 */
class NoResponseException extends Exception {

	private final boolean neverSent;

	NoResponseException(String message, boolean neverSent) {
		super(message);
		this.neverSent = neverSent;
	}

	/**
	 * Return whether it is certain that the facilitator did not get the request.
	 * @return {@code false} if it may have got it
	 */
	boolean isNeverSent() {
		return this.neverSent;
	}

}
