/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.facilitator.PayloadCheck;
import io.x402.spring.protocol.ReasonCode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link PayerProofs}.
 */
class PayerProofsTests {

	private static final int PAYMENTS = 12;

	private final CountDownLatch end = new CountDownLatch(1);

	private final AtomicInteger looking = new AtomicInteger();

	private final AtomicInteger proved = new AtomicInteger();

	private final List<Thread> threads = new ArrayList<>();

	@AfterEach
	void end() throws InterruptedException {
		this.end.countDown();
		for (Thread thread : this.threads) {
			thread.join();
		}
	}

	@Test
	void whenManyPaymentsComeAtOnceThenHalfOfTheProcessorsLookAtTheirSignatures() throws InterruptedException {
		arrive(new PayerProofs(List.of(new SlowCheck()), 8));
		assertThat(this.looking).hasValue(4);
		end();
		assertThat(this.proved).hasValue(PAYMENTS);
	}

	@Test
	void whenThereIsOneProcessorThenItLooksAtOneSignatureAfterTheOther() throws InterruptedException {
		arrive(new PayerProofs(List.of(new SlowCheck()), 1));
		assertThat(this.looking).hasValue(1);
		end();
		assertThat(this.proved).hasValue(PAYMENTS);
	}

	/**
	 * Returns when each payment is looked at or waits.
	 */
	private void arrive(PayerProofs proofs) {
		FacilitatorRequest question = new FacilitatorRequest(Payments.payment(1), Payments.OFFER,
				Payments.offers(Payments.OFFER).resource());
		for (int i = 0; i < PAYMENTS; i++) {
			Thread thread = new Thread(() -> {
				if (proofs.isSignedByPayer(question)) {
					this.proved.incrementAndGet();
				}
			});
			this.threads.add(thread);
			thread.start();
		}
		await().atMost(Duration.ofSeconds(30))
			.until(() -> this.threads.stream().allMatch((thread) -> thread.getState() == Thread.State.WAITING));
	}

	private final class SlowCheck implements PayloadCheck {

		@Override
		public @Nullable ReasonCode check(FacilitatorRequest request) {
			return null;
		}

		@Override
		public boolean provesPayer(FacilitatorRequest request) {
			PayerProofsTests.this.looking.incrementAndGet();
			try {
				PayerProofsTests.this.end.await();
			}
			catch (InterruptedException ex) {
				return false;
			}
			return true;
		}

	}

}
