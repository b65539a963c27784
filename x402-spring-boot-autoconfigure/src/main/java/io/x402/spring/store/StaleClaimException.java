/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

/**
 * A claim that is not at the version that was to be changed: someone else was faster.
 *
 * @since 0.1.0
 */
public class StaleClaimException extends PaymentStoreException {

	/**
	 * Create an exception.
	 */
	public StaleClaimException() {
		super("The claim was changed by another request");
	}

}
