/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

/**
 * A transaction that certainly no node has.
 */
final class NotSentException extends RuntimeException {

	NotSentException(String message) {
		super(message);
	}

}
