/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.x402.spring.time.MonotonicClock;
import org.jspecify.annotations.Nullable;

/**
 * A block that is not read again for a while. Whoever asks meanwhile waits for the one
 * that reads it, a virtual thread without its carrier.
 */
final class RecentBlock {

	private final ReentrantLock lock = new ReentrantLock();

	private final Supplier<Block> reader;

	private final long ttl;

	private final MonotonicClock clock;

	private @Nullable Block block;

	private long readAt;

	/**
	 * Create a block.
	 * @param reader asks a node for it
	 * @param ttl nanoseconds for which it is not read again
	 * @param clock a clock that only runs
	 */
	RecentBlock(Supplier<Block> reader, long ttl, MonotonicClock clock) {
		this.reader = reader;
		this.ttl = ttl;
		this.clock = clock;
	}

	/**
	 * Return the block.
	 * @throws NodeUnavailableException if no node has it
	 */
	Block get() {
		this.lock.lock();
		try {
			long now = this.clock.nanos();
			Block known = this.block;
			if (known == null || now - this.readAt >= this.ttl) {
				known = this.reader.get();
				this.block = known;
				this.readAt = now;
			}
			return known;
		}
		finally {
			this.lock.unlock();
		}
	}

}
