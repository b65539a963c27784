/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.util.List;

/**
 * What became of a transaction that is in a block.
 *
 * @param transaction hash of the transaction
 * @param sender account that sent it
 * @param success whether it did not revert
 * @param block number of the block
 * @param blockHash hash of the block
 * @param logs the events in their order
 */
record TransactionReceipt(String transaction, String sender, boolean success, long block, String blockHash,
		List<EventLog> logs) {

	TransactionReceipt {
		logs = List.copyOf(logs);
	}

}
