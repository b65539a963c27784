/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

/**
 * Keeps a caller of a facilitator server from using it too often.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface FacilitatorRateLimit {

	/**
	 * Count a call.
	 * @param caller name of the caller
	 * @param operation what is called
	 * @return whether it may be made now
	 */
	boolean admit(String caller, Operation operation);

	/**
	 * What can be called.
	 */
	enum Operation {

		/** Check a payment. */
		VERIFY,

		/** Move the money, which may cost fees. */
		SETTLE,

		/** Ask what is supported. */
		SUPPORTED

	}

}
