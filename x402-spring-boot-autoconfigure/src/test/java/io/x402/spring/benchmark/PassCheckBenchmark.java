/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.time.Clock;

import io.x402.spring.access.PassUse;
import io.x402.spring.store.InMemoryPassStore;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What a request with the token of a pass costs before its handler runs.
 */
@State(Scope.Thread)
public class PassCheckBenchmark extends AverageTimeBenchmark {

	private final PassCall hour = new PassCall(new InMemoryPassStore(1000, Clock.systemUTC()), "hour");

	private final PassCall credit = new PassCall(new InMemoryPassStore(1000, Clock.systemUTC()), "credit");

	@Benchmark
	public PassUse pass() {
		return this.hour.use();
	}

	@Benchmark
	public PassUse debit() {
		return this.credit.use();
	}

}
