/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.payment;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class BackgroundTaskTests {

	@Test
	void whenARoundFailsWithAnErrorThenItIsLoggedAndTheNextRoundComes(CapturedOutput output) {
		AtomicInteger rounds = new AtomicInteger();
		BackgroundTask task = new BackgroundTask("test", Duration.ofMillis(20), () -> {
			if (rounds.incrementAndGet() == 1) {
				throw new NoClassDefFoundError("missing/Type");
			}
		});
		task.start();
		try {
			await().atMost(Duration.ofSeconds(20)).until(() -> rounds.get() > 2);
		}
		finally {
			task.stop();
		}
		assertThat(output.getOut() + output.getErr()).contains("missing/Type").contains("has recovered");
	}

	@Test
	void whenARoundFailsAgainAndAgainThenItIsLoggedOnce(CapturedOutput output) {
		AtomicInteger rounds = new AtomicInteger();
		BackgroundTask task = new BackgroundTask("test", Duration.ofMillis(20), () -> {
			rounds.incrementAndGet();
			throw new IllegalStateException("out of reach");
		});
		task.start();
		try {
			await().atMost(Duration.ofSeconds(20)).until(() -> rounds.get() > 3);
		}
		finally {
			task.stop();
		}
		assertThat(output.getOut() + output.getErr()).containsOnlyOnce("out of reach");
	}

	@Test
	void whenItStopsThenWhatIsLeftIsDoneOnceAfterTheLastRound() {
		AtomicInteger rounds = new AtomicInteger();
		BackgroundTask task = new BackgroundTask("test", Duration.ofHours(1), rounds::incrementAndGet).runAtStop();
		task.start();
		await().atMost(Duration.ofSeconds(20)).until(() -> rounds.get() == 1);
		task.stop();
		task.stop();
		assertThat(rounds).hasValue(2);
	}

	@Test
	void whenItStopsAndNothingIsLeftToDoThenNoFurtherRoundComes() {
		AtomicInteger rounds = new AtomicInteger();
		BackgroundTask task = new BackgroundTask("test", Duration.ofHours(1), rounds::incrementAndGet);
		task.start();
		await().atMost(Duration.ofSeconds(20)).until(() -> rounds.get() == 1);
		task.stop();
		assertThat(rounds).hasValue(1);
	}

}
