/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

/**
 * A facilitator that cannot be used right now.
 *
 * @since 0.1.0
 */
public class FacilitatorException extends RuntimeException {

	private static final int MAX_CAUSES = 10;

	/**
	 * Create an exception.
	 * @param message what happened, without secrets
	 */
	public FacilitatorException(String message) {
		super(message);
	}

	/**
	 * Create an exception that tells type and place of a failure, but not its text, which
	 * may repeat the payment.
	 * @param failure what a facilitator threw
	 * @return an exception for logs and traces
	 */
	public static FacilitatorException withoutText(Throwable failure) {
		StringBuilder types = new StringBuilder(failure.getClass().getName());
		Throwable cause = failure.getCause();
		for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
			types.append(" caused by ").append(cause.getClass().getName());
			cause = cause.getCause();
		}
		FacilitatorException exception = new FacilitatorException(types.toString());
		exception.setStackTrace(failure.getStackTrace());
		return exception;
	}

}
