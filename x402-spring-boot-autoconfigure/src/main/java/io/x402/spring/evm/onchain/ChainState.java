/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

/**
 * State of a network in one block. Nodes, and the machines behind the address of one
 * node, may be some blocks apart, so that facts which are compared must be of the same
 * block.
 *
 * @param chain the network
 * @param block number or name of the block
 */
record ChainState(Chain chain, String block) {

	/**
	 * Return the state in the newest block, whichever blocks come later.
	 */
	static ChainState newest(Chain chain) {
		return new ChainState(chain, chain.latest().tag());
	}

	/**
	 * Return the code of an account.
	 * @return {@code 0x} if it is no contract
	 */
	String code(String address) {
		return this.chain.code(address, this.block);
	}

	/**
	 * Call a contract without a transaction.
	 * @throws NodeErrorException if the contract refuses
	 */
	String call(ContractCall call) {
		return this.chain.call(call, this.block);
	}

	/**
	 * Call a contract without a transaction.
	 * @param from who seems to call
	 * @throws NodeErrorException if the contract refuses
	 */
	String call(ContractCall call, String from) {
		return this.chain.call(call, from, this.block);
	}

}
