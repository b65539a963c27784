/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import io.x402.spring.autoconfigure.Limits;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties of the search for a settlement on chain.
 *
 * @param maxBlocks Maximum number of blocks to search for a settlement.
 * @param maxBlocksPerRequest Maximum number of blocks that a node searches per request.
 */
record SettlementSearchProperties(@DefaultValue("10000") long maxBlocks,
		@DefaultValue("2000") long maxBlocksPerRequest) {

	/**
	 * Require usable values.
	 * @param prefix prefix of the properties
	 */
	void validate(String prefix) {
		Limits.number(prefix + "max-blocks", this.maxBlocks, 1);
		Limits.number(prefix + "max-blocks-per-request", this.maxBlocksPerRequest, 1);
	}

}
