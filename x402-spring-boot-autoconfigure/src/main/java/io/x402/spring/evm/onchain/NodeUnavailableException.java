/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

/**
 * A node that gave no usable response. Its address may contain a key and is not told.
 */
final class NodeUnavailableException extends RuntimeException {

	NodeUnavailableException(String message) {
		super(message);
	}

}
