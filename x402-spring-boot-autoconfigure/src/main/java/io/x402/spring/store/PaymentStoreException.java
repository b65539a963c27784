package io.x402.spring.store;

import org.jspecify.annotations.Nullable;

/**
 * A store that did not do what it was asked to.
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
