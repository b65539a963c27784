/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import org.jspecify.annotations.Nullable;

/**
 * How an authorization was used up.
 *
 * @param finding what is proved
 * @param receipt the transaction that did it, or {@code null} if only the block is known
 * @param block number of the block
 */
record Use(Finding finding, @Nullable TransactionReceipt receipt, long block) {

	static Use in(TransactionReceipt receipt, Finding finding) {
		return new Use(finding, receipt, receipt.block());
	}

	/**
	 * Return a use for something else than the payment.
	 * @param block a block at whose end the authorization was used
	 */
	static Use forSomethingElse(long block) {
		return new Use(Finding.VOID, null, block);
	}

}
