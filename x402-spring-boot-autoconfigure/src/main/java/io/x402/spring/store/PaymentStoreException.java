/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import org.jspecify.annotations.Nullable;

/**
 * A store that did not do what it was asked to.
 *
 * @since 0.1.0
 */
public class PaymentStoreException extends RuntimeException {

	/**
	 * Create an exception.
	 * @param message what happened
	 * @param cause the cause, or {@code null}
	 */
	public PaymentStoreException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

	/**
	 * Create an exception without a cause.
	 * @param message what happened
	 */
	public PaymentStoreException(String message) {
		this(message, null);
	}

}
