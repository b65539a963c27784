/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.util.function.LongPredicate;

import org.jspecify.annotations.Nullable;

/**
 * Finds the block in which an authorization was used, from the states of blocks. Once
 * used, it stays so. Near blocks are asked about first, because uses are mostly recent
 * and nodes keep recent states only.
 *
 * @param used tells whether the authorization is used in the state of a block
 */
record UseSearch(LongPredicate used) {

	/**
	 * Find the block.
	 * @param oldest the oldest block to ask about
	 * @param head a block in whose state the authorization is used
	 * @return the number of the first such block, or {@code null} if the oldest block is
	 * one
	 */
	@Nullable Long find(long oldest, long head) {
		long usedAt = head;
		long step = 1;
		while (usedAt > oldest) {
			long before = Math.max(oldest, usedAt - step);
			if (!this.used.test(before)) {
				return between(before, usedAt);
			}
			usedAt = before;
			step *= 2;
		}
		return null;
	}

	private long between(long unused, long used) {
		long low = unused;
		long high = used;
		while (high - low > 1) {
			long middle = low + (high - low) / 2;
			if (this.used.test(middle)) {
				high = middle;
			}
			else {
				low = middle;
			}
		}
		return high;
	}

}
