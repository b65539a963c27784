/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.util.List;

/**
 * Calls of contracts that a successful transaction made and that did not revert.
 *
 * @param made the calls in their order
 * @param complete whether these are all, so that a call that is missing was not made
 */
record Calls(List<ContractCall> made, boolean complete) {

	/** Nothing is known. */
	static final Calls UNKNOWN = new Calls(List.of(), false);

	Calls {
		made = List.copyOf(made);
	}

	/**
	 * Return what the outermost call alone proves.
	 * @param call the call of the transaction
	 * @param leaves whether its contract calls no other contract of interest
	 */
	static Calls outermost(ContractCall call, boolean leaves) {
		return new Calls(List.of(call), leaves);
	}

}
