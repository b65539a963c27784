/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When to ask again about an unknown outcome: soon at first, then less and less often.
 */
final class ReconciliationSchedule {

	private static final List<Duration> DELAYS = List.of(Duration.ofSeconds(2), Duration.ofSeconds(5),
			Duration.ofSeconds(15), Duration.ofMinutes(1), Duration.ofMinutes(5));

	private ReconciliationSchedule() {
	}

	/**
	 * Return how long to wait. Up to a tenth more, so that claims that became unknown
	 * together are not asked about together forever.
	 * @param attempts how often it was asked again so far
	 */
	static Duration after(int attempts) {
		Duration delay = DELAYS.get(Math.min(attempts, DELAYS.size() - 1));
		return delay.plusMillis(ThreadLocalRandom.current().nextLong(delay.toMillis() / 10));
	}

}
