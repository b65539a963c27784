/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.util.Objects;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.MonitoredFacilitator;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.PaymentStore;

/**
 * Counts what the limits of the facilitator and of the in-memory store refuse, by the
 * property that sets the limit.
 */
final class LimitMeters implements MeterBinder {

	/**
	 * Name of the counter.
	 */
	public static final String REFUSED = "x402.limits.refused";

	private final Facilitator facilitator;

	private final PaymentStore store;

	/**
	 * Create meters.
	 * @param facilitator may have limits
	 * @param store may have limits
	 */
	LimitMeters(Facilitator facilitator, PaymentStore store) {
		this.facilitator = facilitator;
		this.store = store;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		if (this.facilitator instanceof MonitoredFacilitator monitored) {
			for (String limit : monitored.refusedCalls().keySet()) {
				register(registry, limit, FunctionCounter.builder(REFUSED, monitored,
						(calls) -> Objects.requireNonNull(calls.refusedCalls().get(limit))));
			}
		}
		if (this.store instanceof InMemoryPaymentStore memory) {
			register(registry, memory.capacity().property(),
					FunctionCounter.builder(REFUSED, memory, InMemoryPaymentStore::refusedClaims));
		}
	}

	private static void register(MeterRegistry registry, String limit, FunctionCounter.Builder<?> counter) {
		counter.description("Calls and payments that a limit refused").tag("limit", limit).register(registry);
	}

}
