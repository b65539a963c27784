/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

/**
 * A call of a facilitator that was not even tried, and is not worth trying again now.
 */
final class CallNotPermittedException extends NoResponseException {

	CallNotPermittedException(String message) {
		super(message, true);
	}

}
