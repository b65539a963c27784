/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.time;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Deadline}.
 */
class DeadlineTests {

	private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

	@Test
	void passesWhenTheTimeIsOverEvenIfTheClockOverflows() {
		Deadline deadline = Deadline.by(this.nanos::get, Duration.ofNanos(10));
		this.nanos.addAndGet(9);
		assertThat(deadline.hasPassed()).isFalse();
		assertThat(deadline.remaining()).isEqualTo(Duration.ofNanos(1));
		this.nanos.incrementAndGet();
		assertThat(deadline.hasPassed()).isTrue();
		this.nanos.incrementAndGet();
		assertThat(deadline.hasPassed()).isTrue();
		assertThat(deadline.remaining()).isEqualTo(Duration.ofNanos(-1));
	}

	@Test
	void whenNoTimeIsLeftThenHasPassedAtOnce() {
		assertThat(Deadline.in(Duration.ZERO).hasPassed()).isTrue();
		assertThat(Deadline.in(Duration.ofSeconds(-1)).hasPassed()).isTrue();
	}

	@Test
	void whenTheTimeIsLongerThanCanBeCountedThenHasNotPassed() {
		assertThat(Deadline.in(ChronoUnit.FOREVER.getDuration()).hasPassed()).isFalse();
	}

}
