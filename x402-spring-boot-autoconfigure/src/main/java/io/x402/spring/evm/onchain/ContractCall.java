/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;

/**
 * A call of a contract, or a transfer of money to an account.
 *
 * @param to address of the contract or account
 * @param data selector and parameters, {@code 0x} and hexadecimal digits
 * @param value how much of the currency of the network goes with it, in its smallest unit
 */
record ContractCall(String to, String data, BigInteger value) {

	ContractCall(String to, String data) {
		this(to, data, BigInteger.ZERO);
	}

	/**
	 * Return a transfer of the currency of the network.
	 */
	static ContractCall transfer(String to, BigInteger value) {
		return new ContractCall(to, "0x", value);
	}

	@Override
	public String toString() {
		return "ContractCall[to=" + this.to + "]";
	}

}
