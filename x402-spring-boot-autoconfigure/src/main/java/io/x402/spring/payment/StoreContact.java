/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.time.MonotonicClock;
import org.jspecify.annotations.Nullable;

/**
 * Knows for how long this instance has been in contact with the store without a gap. A
 * lease that ended while the store was out of reach, stood still or could not be seen
 * from here does not prove that its holder is gone. Measures with a clock that cannot be
 * set. Safe for concurrent use.
 */
final class StoreContact {

	/** What no payment is, to see whether the store responds. */
	private static final AuthorizationKey NO_PAYMENT = new AuthorizationKey("x402", "contact", "", "contact");

	private static final long NANOS = 1_000_000_000;

	private static final long LONGEST_SECONDS = Duration.ofDays(10_000).toSeconds();

	private final PaymentStore store;

	private final MonotonicClock clock;

	private @Nullable Long begun;

	private @Nullable Long latest;

	StoreContact(PaymentStore store, MonotonicClock clock) {
		this.store = store;
		this.clock = clock;
	}

	/**
	 * Ask the store for something, at least three times within a lease.
	 * @throws PaymentStoreException if it is out of reach
	 */
	void check() {
		long asked = this.clock.nanos();
		this.store.find(NO_PAYMENT);
		answered(asked, this.clock.nanos());
	}

	private synchronized void answered(long asked, long answered) {
		if (!isRecent(asked) || !isRecent(answered)) {
			this.begun = answered;
		}
		this.latest = answered;
	}

	/**
	 * Return whether every holder of a claim that can be seen from here has had the time
	 * to renew its lease.
	 */
	synchronized boolean isLasting() {
		long now = this.clock.nanos();
		return this.begun != null && isRecent(now) && now - this.begun >= lease() / 3 * 2;
	}

	private boolean isRecent(long time) {
		Long known = this.latest;
		return known != null && time - known <= lease() / 2;
	}

	/**
	 * A lease that never ends is longer than can be counted.
	 */
	private long lease() {
		return Math.min(this.store.lease().toSeconds(), LONGEST_SECONDS) * NANOS;
	}

}
