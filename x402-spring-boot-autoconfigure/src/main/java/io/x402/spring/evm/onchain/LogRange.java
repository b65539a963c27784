/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

/**
 * How far to look back.
 *
 * @param blocks number of blocks
 * @param chunk maximum number of blocks that nodes search at once
 */
record LogRange(long blocks, long chunk) {

	long oldest(Block head) {
		return Math.max(0, head.number() - this.blocks);
	}

}
