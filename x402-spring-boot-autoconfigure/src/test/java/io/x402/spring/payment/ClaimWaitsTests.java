/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.x402.spring.payment.ClaimWaits.Awaited;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.PaymentStore;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClaimWaitsTests {

	/** Nobody looks at the store by himself in this time. */
	private static final Duration LONG = Duration.ofHours(1);

	private final PaymentStore store = Payments.store();

	private final ClaimWaits waits = new ClaimWaits(this.store, 3, 3, LONG);

	@Test
	void whenTheRequestEndsHereThenThoseWhoWaitAreToldAtOnce() throws Exception {
		Claim claim = this.store.claim(Payments.claim(Payments.key(Payments.payment(1))));
		CountDownLatch waiting = new CountDownLatch(3);
		ExecutorService executor = Executors.newFixedThreadPool(3);
		try {
			List<Future<Awaited>> decisions = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				decisions.add(executor.submit(() -> this.waits.await(claim, () -> {
					waiting.countDown();
					return false;
				}, LONG)));
			}
			assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();
			this.store.advance(claim, ClaimChange.verified());
			this.waits.ended(claim.key());
			for (Future<Awaited> decision : decisions) {
				assertThat(decision.get(10, TimeUnit.SECONDS)).returns(false, Awaited::inVain)
					.extracting(Awaited::claim)
					.returns(ClaimState.VERIFIED, Claim::state);
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

}
