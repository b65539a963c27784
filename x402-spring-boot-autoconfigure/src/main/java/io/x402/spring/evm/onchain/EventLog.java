/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.util.List;

/**
 * An event of a contract.
 *
 * @param contract address of the contract
 * @param topics the topics, 32 bytes in hexadecimal digits each
 * @param data the data that is not indexed
 * @param transaction hash of the transaction
 */
record EventLog(String contract, List<String> topics, String data, String transaction) {

	EventLog {
		topics = List.copyOf(topics);
	}

	/**
	 * Return whether this is a certain event.
	 * @param contract address of the contract, in any letter case
	 * @param topics all topics, in lower case
	 */
	boolean is(String contract, String... topics) {
		return this.contract.equalsIgnoreCase(contract) && this.topics.equals(List.of(topics));
	}

	/**
	 * Return whether a contract emitted an event whose first topics are known.
	 * @param contract address of the contract, in any letter case
	 * @param topics the first topics, in lower case
	 */
	boolean startsWith(String contract, String... topics) {
		return this.contract.equalsIgnoreCase(contract) && this.topics.size() >= topics.length
				&& this.topics.subList(0, topics.length).equals(List.of(topics));
	}

}
