/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RecoveryCheck}.
 */
class RecoveryCheckTests {

	private final AtomicInteger checks = new AtomicInteger();

	private final BlockingQueue<Boolean> recovered = new LinkedBlockingQueue<>();

	@Test
	void whenACheckEndsInAnErrorThenTheNextOneIsMadeAllTheSame() throws Exception {
		List<Throwable> failures = List.of(new NoClassDefFoundError("gone"), new OutOfMemoryError("thread"),
				new IllegalStateException("bug"));
		try (RecoveryCheck recovery = new RecoveryCheck(() -> {
			int check = this.checks.getAndIncrement();
			if (check < failures.size()) {
				throw RecoveryCheckTests.<RuntimeException>sneaky(failures.get(check));
			}
			return true;
		}, Duration.ofMillis(1))) {
			recovery.begin(this.recovered::add);
			assertThat(this.recovered.poll(20, TimeUnit.SECONDS)).as("recovered after checks that failed").isTrue();
			assertThat(this.checks).hasValue(4);
		}
	}

	@Test
	void whenFirstCheckSucceedsThenThatIsNoNews() throws Exception {
		try (RecoveryCheck recovery = new RecoveryCheck(() -> true, Duration.ofMillis(1))) {
			recovery.begin(this.recovered::add);
			assertThat(this.recovered.poll(20, TimeUnit.SECONDS)).isFalse();
			recovery.begin(this.recovered::add);
			assertThat(this.recovered.poll(20, TimeUnit.SECONDS)).as("another round").isFalse();
		}
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
		throw (T) failure;
	}

}
