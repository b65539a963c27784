/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.x402.spring.autoconfigure.actuate.ConsoleInstance.FacilitatorCalls;
import io.x402.spring.observation.FacilitatorObservationDocumentation;

/**
 * Adds up the timers of the calls of facilitators, which have the names that are
 * documented unless a convention gives them others.
 */
final class CallTimers {

	private final MeterRegistry registry;

	/**
	 * Create timers.
	 * @param registry has the timers
	 */
	CallTimers(MeterRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Return how long calls took.
	 * @return the operations that were called
	 */
	List<FacilitatorCalls> calls() {
		return Arrays.stream(FacilitatorObservationDocumentation.values())
			.map((operation) -> calls(operation.name().toLowerCase(Locale.ROOT),
					this.registry.find(String.valueOf(operation.getName())).timers()))
			.filter((calls) -> calls.count() > 0)
			.toList();
	}

	private static FacilitatorCalls calls(String operation, Collection<Timer> timers) {
		long count = timers.stream().mapToLong(Timer::count).sum();
		double total = timers.stream().mapToDouble((timer) -> timer.totalTime(TimeUnit.MILLISECONDS)).sum();
		double max = timers.stream().mapToDouble((timer) -> timer.max(TimeUnit.MILLISECONDS)).max().orElse(0);
		return new FacilitatorCalls(operation, count, (count > 0) ? total / count : 0, max);
	}

}
