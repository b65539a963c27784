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
 * What nodes say and are not asked again for a while. Whoever asks meanwhile waits for
 * the one that reads it, a virtual thread without its carrier.
 *
 * @param <T> type of what they say
 */
final class Recent<T> {

	private final ReentrantLock lock = new ReentrantLock();

	private final Supplier<T> reader;

	private final long ttl;

	private final MonotonicClock clock;

	private @Nullable T value;

	private long readAt;

	/**
	 * Create an instance.
	 * @param reader asks nodes
	 * @param ttl nanoseconds for which they are not asked again
	 * @param clock a clock that only runs
	 */
	Recent(Supplier<T> reader, long ttl, MonotonicClock clock) {
		this.reader = reader;
		this.ttl = ttl;
		this.clock = clock;
	}

	/**
	 * Return what nodes have said, or say now.
	 */
	T get() {
		this.lock.lock();
		try {
			long now = this.clock.nanos();
			T known = this.value;
			if (known == null || now - this.readAt >= this.ttl) {
				known = this.reader.get();
				this.value = known;
				this.readAt = now;
			}
			return known;
		}
		finally {
			this.lock.unlock();
		}
	}

}
