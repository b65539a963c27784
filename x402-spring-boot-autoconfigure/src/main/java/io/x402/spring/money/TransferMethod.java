/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.money;

/**
 * How a token is moved on behalf of its owner.
 *
 * @since 0.1.0
 */
public enum TransferMethod {

	/**
	 * The token's own {@code transferWithAuthorization}.
	 */
	EIP3009,

	/**
	 * Uniswap's Permit2 with the x402 proxy.
	 */
	PERMIT2,

	/**
	 * A Solana token program transfer.
	 */
	SPL

}
