/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.servlet;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The turns of several threads at one response.
 */
@Timeout(30)
class ResponseTurnsTests {

	private final ResponseTurns turns = new ResponseTurns();

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch end = new CountDownLatch(1);

	@Test
	void whenAnotherThreadSettlesThenTheEndOfTheRequestPassesItBy() throws Exception {
		CompletableFuture<Void> settlement = CompletableFuture.runAsync(() -> settle(this::hold));
		assertThat(this.begun.await(10, TimeUnit.SECONDS)).isTrue();
		AtomicBoolean ran = new AtomicBoolean();
		assertThat(this.turns.changeUnlessSettling(() -> ran.set(true))).isFalse();
		this.turns.changeIfIdle(() -> ran.set(true));
		assertThat(ran).isFalse();
		this.end.countDown();
		settlement.get(10, TimeUnit.SECONDS);
		assertThat(this.turns.changeUnlessSettling(() -> ran.set(true))).isTrue();
		assertThat(ran).isTrue();
	}

	@Test
	void whenAnotherThreadWritesThenTheEndOfTheRequestWaits() throws Exception {
		CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> this.turns.change(this::hold));
		assertThat(this.begun.await(10, TimeUnit.SECONDS)).isTrue();
		CompletableFuture<Boolean> end = CompletableFuture
			.supplyAsync(() -> this.turns.changeUnlessSettling(() -> assertThat(writer).isNotNull()));
		assertThatExceptionOfType(java.util.concurrent.TimeoutException.class)
			.isThrownBy(() -> end.get(300, TimeUnit.MILLISECONDS));
		this.end.countDown();
		assertThat(end.get(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void whenWhatWasDecidedIsWrittenThenTheEndOfTheRequestWaits() throws Exception {
		CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> settle(() -> {
			this.turns.decided();
			hold();
		}));
		assertThat(this.begun.await(10, TimeUnit.SECONDS)).isTrue();
		CompletableFuture<Void> end = CompletableFuture.runAsync(this.turns::await);
		assertThatExceptionOfType(java.util.concurrent.TimeoutException.class)
			.isThrownBy(() -> end.get(300, TimeUnit.MILLISECONDS));
		this.end.countDown();
		writer.get(10, TimeUnit.SECONDS);
		end.get(10, TimeUnit.SECONDS);
	}

	@Test
	void whenASettlementEndsTheRequestItselfThenItDoesNotWaitForItself() throws IOException {
		AtomicBoolean ran = new AtomicBoolean();
		this.turns.settle(() -> assertThat(this.turns.changeUnlessSettling(() -> ran.set(true))).isTrue());
		assertThat(ran).isTrue();
	}

	@Test
	void whenASettlementFailsThenTheNextTurnIsFree() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.turns.settle(() -> {
			throw new IOException("lost");
		}));
		AtomicBoolean ran = new AtomicBoolean();
		CompletableFuture.runAsync(() -> this.turns.changeIfIdle(() -> ran.set(true))).join();
		assertThat(ran).isTrue();
	}

	private void settle(Runnable settlement) {
		try {
			this.turns.settle(settlement::run);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void hold() {
		this.begun.countDown();
		try {
			this.end.await(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
