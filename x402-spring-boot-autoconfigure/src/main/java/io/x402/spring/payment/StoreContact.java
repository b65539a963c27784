/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.store.PaymentStore;
import org.jspecify.annotations.Nullable;

/**
 * Knows for how long this instance has been in contact with the store without a gap. A
 * lease that ended while the store was out of reach, stood still or could not be seen
 * from here does not prove that its holder is gone. Safe for concurrent use.
 */
final class StoreContact {

	/** What no payment is, to see whether the store answers. */
	private static final AuthorizationKey NO_PAYMENT = new AuthorizationKey("x402", "contact", "", "contact");

	private final PaymentStore store;

	private final Clock clock;

	private @Nullable Instant begun;

	private @Nullable Instant latest;

	StoreContact(PaymentStore store, Clock clock) {
		this.store = store;
		this.clock = clock;
	}

	/**
	 * Ask the store for something, at least three times within a lease.
	 * @throws PaymentStoreException if it is out of reach
	 */
	void check() {
		Instant asked = this.clock.instant();
		this.store.find(NO_PAYMENT);
		answered(asked, this.clock.instant());
	}

	private synchronized void answered(Instant asked, Instant answered) {
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
		Instant now = this.clock.instant();
		return this.begun != null && isRecent(now)
				&& !now.isBefore(this.begun.plus(this.store.lease().multipliedBy(2).dividedBy(3)));
	}

	private boolean isRecent(Instant time) {
		Instant known = this.latest;
		return known != null && Duration.between(known, time).compareTo(this.store.lease().dividedBy(2)) <= 0;
	}

}
