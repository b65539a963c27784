/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

/**
 * A call of a contract.
 *
 * @param to address of the contract
 * @param data selector and parameters, {@code 0x} and hexadecimal digits
 */
record ContractCall(String to, String data) {

	@Override
	public String toString() {
		return "ContractCall[to=" + this.to + "]";
	}

}
