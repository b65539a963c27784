/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.payment.model;

import java.time.Duration;
import java.util.List;

import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.fixture.TrustedPayers;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.ManualReconciliation;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.payment.PaymentProcessorSettings;
import io.x402.spring.payment.PaymentProcessorSettings.PaymentIdentifiers;
import io.x402.spring.payment.PaymentProcessorSettings.Verification;
import io.x402.spring.payment.SettlementReconciler;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;

/**
 * One process: an engine with its view of the store.
 */
final class Instance {

	static final int RERUNS = 3;

	static final int UNCHARGED_RUNS = 3;

	/** Longer than any sequence takes. */
	static final Duration WINDOW = Duration.ofHours(4);

	/** Longest time that a facilitator may take. */
	static final Duration SETTLE_TIMEOUT = Duration.ofMinutes(1);

	static final Duration RETENTION = Duration.ofMinutes(15);

	private static final Networks NETWORKS = Networks.load();

	private final MortalStore store;

	private final PaymentProcessor processor;

	private final SettlementReconciler reconciler;

	private final ManualReconciliation byHand;

	Instance(PaymentStore shared, Facilitator facilitator, MovingClock clock, World world, Verification verification) {
		this.store = new MortalStore(shared, world);
		this.processor = PaymentProcessor
			.builder(facilitator, this.store, NETWORKS,
					new PaymentProcessorSettings(Duration.ZERO, RETENTION, WINDOW, RERUNS, PaymentIdentifiers.OPTIONAL)
						.withUnchargedRuns(UNCHARGED_RUNS)
						.withClock(clock::nanos)
						.withVerification(verification),
					clock)
			.checks(List.of(new TrustedPayers((request) -> isOver(request, clock) ? ReasonCode.EXPIRED : null)))
			.build();
		this.reconciler = this.processor.reconciler(List.of());
		this.byHand = this.processor.byHand(List.of(), SETTLE_TIMEOUT);
	}

	private static boolean isOver(FacilitatorRequest request, MovingClock clock) {
		EvmPayload payload = EvmPayload.from(request.payload().payload());
		return payload != null && payload.validBefore().longValueExact() <= clock.instant().getEpochSecond();
	}

	PaymentProcessor processor() {
		return this.processor;
	}

	ManualReconciliation byHand() {
		return this.byHand;
	}

	MortalStore store() {
		return this.store;
	}

	/**
	 * Do what an instance does at regular intervals.
	 */
	void maintain() {
		try {
			this.processor.maintain();
			this.store.maintain();
		}
		catch (PaymentStoreException ex) {
			// Done again the next time
		}
	}

	/**
	 * Find out how all settlements ended that are due.
	 */
	void reconcile() {
		try {
			this.reconciler.take(10, SETTLE_TIMEOUT).forEach((reconciling) -> {
				Strand.pause();
				reconciling.run();
			});
		}
		catch (PaymentStoreException ex) {
			// Done again the next time
		}
	}

}
