/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.server;

import org.jspecify.annotations.Nullable;

/**
 * A message that is refused before the facilitator is called. Its code is stable and
 * holds nothing of what was sent.
 */
final class RefusedMessageException extends Exception {

	static final String INVALID_PAYLOAD = "invalid_payload";

	static final String INVALID_REQUIREMENTS = "invalid_payment_requirements";

	static final String INVALID_VERSION = "invalid_x402_version";

	static final String INVALID_NETWORK = "invalid_network";

	static final String UNSUPPORTED_SCHEME = "unsupported_scheme";

	static final String RECIPIENT_NOT_ALLOWED = "pay_to_not_allowed";

	private final String code;

	private final int status;

	private final @Nullable CallMessage message;

	/**
	 * Create an exception for something that is no message.
	 * @param code what is wrong
	 */
	RefusedMessageException(String code) {
		this(code, 400, null);
	}

	/**
	 * Create an exception for a message that is understood.
	 * @param code what is wrong
	 * @param message the message
	 */
	RefusedMessageException(String code, CallMessage message) {
		this(code, 200, message);
	}

	private RefusedMessageException(String code, int status, @Nullable CallMessage message) {
		super(code, null, false, false);
		this.code = code;
		this.status = status;
		this.message = message;
	}

	String code() {
		return this.code;
	}

	int status() {
		return this.status;
	}

	/**
	 * Return the message.
	 * @return the message, or {@code null} if it was not understood
	 */
	@Nullable CallMessage callMessage() {
		return this.message;
	}

}
