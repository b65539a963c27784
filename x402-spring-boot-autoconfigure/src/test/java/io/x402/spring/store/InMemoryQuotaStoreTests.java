/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import io.x402.spring.time.MonotonicClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InMemoryQuotaStore}.
 */
class InMemoryQuotaStoreTests extends QuotaStoreContractTests {

	private static final QuotaClient CLIENT = QuotaClient.of("price", "a", 3, Duration.ofDays(1));

	private final Map<Integer, QuotaStore> stores = new HashMap<>();

	private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

	@Override
	protected QuotaStore store(int maxClients) {
		return this.stores.computeIfAbsent(maxClients, (size) -> new InMemoryQuotaStore(size, MonotonicClock.system()));
	}

	@Test
	void whenClockOverflowsThenPeriodEndsAllTheSame() {
		QuotaStore store = new InMemoryQuotaStore(10, this.nanos::get);
		assertThat(taken(store)).isEqualTo(3);
		this.nanos.addAndGet(Duration.ofDays(1).minusNanos(1).toNanos());
		assertThat(taken(store)).isZero();
		this.nanos.incrementAndGet();
		assertThat(taken(store)).isEqualTo(3);
	}

	private static int taken(QuotaStore store) {
		return (int) IntStream.range(0, 5).filter((i) -> store.take(CLIENT).taken()).count();
	}

}
