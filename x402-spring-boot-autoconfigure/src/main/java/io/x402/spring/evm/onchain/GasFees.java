/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;

/**
 * What a transaction pays for gas, in wei per unit.
 *
 * @param priority what goes to whoever makes the block
 * @param max maximum fee in all
 */
record GasFees(BigInteger priority, BigInteger max) {

	/** Nodes replace a waiting transaction if both fees rise by a tenth. */
	private static final BigInteger BUMP = BigInteger.valueOf(113);

	private static final BigInteger HUNDRED = BigInteger.valueOf(100);

	/**
	 * Return fees with which the next blocks will take a transaction, even if the base
	 * fee doubles.
	 * @param baseFee base fee of the newest block
	 * @param priority what goes to whoever makes the block
	 * @param cap the maximum to pay
	 */
	static GasFees of(BigInteger baseFee, BigInteger priority, BigInteger cap) {
		BigInteger max = baseFee.shiftLeft(1).add(priority).min(cap);
		return new GasFees(priority.min(max), max);
	}

	boolean covers(BigInteger baseFee) {
		return this.max.compareTo(baseFee) >= 0;
	}

	/**
	 * Return what a unit of gas costs in a block.
	 */
	BigInteger effective(BigInteger baseFee) {
		return this.max.min(baseFee.add(this.priority));
	}

	/**
	 * Return the fees of a replacement.
	 * @param current what would be paid for a new transaction
	 * @param cap the maximum to pay
	 * @return fees that are high enough to replace, or the same ones if the cap does not
	 * allow it
	 */
	GasFees raised(GasFees current, BigInteger cap) {
		GasFees raised = new GasFees(raised(this.priority).max(current.priority), raised(this.max).max(current.max));
		return (raised.max.compareTo(cap) <= 0) ? raised : this;
	}

	private static BigInteger raised(BigInteger fee) {
		return fee.multiply(BUMP).divide(HUNDRED).add(BigInteger.ONE);
	}

}
