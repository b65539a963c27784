/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.time.Clock;

import io.x402.spring.payment.DelegatingPaymentStore;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.InMemoryPaymentStore;

/**
 * The store in memory, except that it forgets what is settled, so that a benchmark can
 * pay with one payment again and again.
 */
final class ForgetfulStore extends DelegatingPaymentStore {

	ForgetfulStore() {
		super(new InMemoryPaymentStore(Integer.MAX_VALUE, Clock.systemUTC()));
	}

	@Override
	public Claim advance(Claim claim, ClaimChange change) {
		if (change.next() != ClaimState.SETTLED) {
			return super.advance(claim, change);
		}
		release(claim, "forgotten");
		return change.applyTo(claim);
	}

}
