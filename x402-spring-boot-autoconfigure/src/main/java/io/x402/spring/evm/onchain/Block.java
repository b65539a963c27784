/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;

/**
 * Head of a block.
 *
 * @param number its number
 * @param hash its hash
 * @param timestamp its time, seconds since the epoch
 * @param baseFee wei per unit of gas, zero on networks without EIP-1559
 */
record Block(long number, String hash, long timestamp, BigInteger baseFee) {

	String tag() {
		return Hex.quantity(this.number);
	}

}
