/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

/**
 * A transaction that would use more gas than is configured.
 */
final class TooMuchGasException extends RuntimeException {

	TooMuchGasException(String message) {
		super(message);
	}

}
