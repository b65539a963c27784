/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import io.x402.spring.protocol.SupportedResponse;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SupportedCache}.
 */
class SupportedCacheTests {

	private final AtomicInteger loads = new AtomicInteger();

	private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5);

	private volatile boolean down;

	private final List<Runnable> background = new ArrayList<>();

	private double random;

	private final SupportedCache cache = cache(this::load, this.background::add);

	@Test
	void whenAnswerIsFreshThenFacilitatorIsAskedOnce() {
		SupportedResponse first = this.cache.get();
		advance(Duration.ofMinutes(10).minusNanos(1));
		assertThat(this.cache.get()).isSameAs(first);
		assertThat(this.loads).hasValue(1);
	}

	@Test
	void whenAnswerIsOldThenItServesWhileOneRefreshIsUnderWay() {
		SupportedResponse first = this.cache.get();
		advance(Duration.ofMinutes(10));
		assertThat(this.cache.get()).isSameAs(first);
		assertThat(this.cache.known()).isSameAs(first);
		assertThat(this.loads).hasValue(1);
		assertThat(this.background).hasSize(1);
		this.background.remove(0).run();
		assertThat(this.cache.get()).isNotSameAs(first);
		assertThat(this.loads).hasValue(2);
	}

	@Test
	void whenAnswerDidNotChangeThenItStaysTheSameObject() {
		SupportedCache unchanged = cache(() -> {
			this.loads.incrementAndGet();
			return new SupportedResponse(List.of(), List.of(), Map.of());
		}, Runnable::run);
		SupportedResponse first = unchanged.get();
		advance(Duration.ofMinutes(10));
		assertThat(unchanged.get()).isSameAs(first);
		assertThat(this.loads).hasValue(2);
	}

	@Test
	void whenInstancesStartTogetherThenTheyDoNotRefreshTogether() {
		this.random = 0.5;
		this.cache.get();
		advance(Duration.ofMinutes(9).minusNanos(1));
		this.cache.get();
		assertThat(this.background).isEmpty();
		advance(Duration.ofNanos(1));
		this.cache.get();
		assertThat(this.background).hasSize(1);
	}

	@Test
	void whenRefreshFailsThenOldAnswerServesAndIsNotRefreshedOnEveryCall() {
		SupportedResponse first = this.cache.get();
		this.down = true;
		advance(Duration.ofMinutes(10));
		assertThat(this.cache.get()).isSameAs(first);
		this.background.remove(0).run();
		assertThat(this.cache.get()).isSameAs(first);
		assertThat(this.background).isEmpty();
		this.down = false;
		advance(Duration.ofSeconds(30));
		assertThat(this.cache.get()).isSameAs(first);
		this.background.remove(0).run();
		assertThat(this.cache.get()).isNotSameAs(first);
	}

	@Test
	void whenNobodyMayWaitThenFirstAnswerIsLoadedInTheBackground() {
		assertThat(this.cache.known()).isNull();
		assertThat(this.cache.known()).isNull();
		assertThat(this.background).hasSize(1);
		this.background.remove(0).run();
		assertThat(this.cache.known()).isNotNull();
	}

	@Test
	void whenFirstAnswerCannotBeLoadedThenItIsNotTriedOnEveryCall() {
		this.down = true;
		assertThat(this.cache.known()).isNull();
		this.background.remove(0).run();
		assertThat(this.cache.known()).isNull();
		assertThat(this.background).isEmpty();
		advance(Duration.ofSeconds(30));
		assertThat(this.cache.known()).isNull();
		assertThat(this.background).hasSize(1);
	}

	@Test
	void whenNoThreadCanBeHadThenOldAnswerServes() {
		SupportedCache stuck = cache(this::load, (task) -> {
			throw new RejectedExecutionException();
		});
		SupportedResponse first = stuck.get();
		advance(Duration.ofMinutes(10));
		assertThat(stuck.get()).isSameAs(first);
	}

	@Test
	void whenSystemIsOutOfThreadsThenOldAnswerServesAndIsRefreshedLater() {
		List<Runnable> started = new ArrayList<>();
		boolean[] exhausted = { true };
		SupportedCache stuck = cache(this::load, (task) -> {
			if (exhausted[0]) {
				throw new OutOfMemoryError("unable to create native thread");
			}
			started.add(task);
		});
		SupportedResponse first = stuck.get();
		advance(Duration.ofMinutes(10));
		assertThat(stuck.get()).isSameAs(first);
		exhausted[0] = false;
		advance(Duration.ofMinutes(10));
		assertThat(stuck.get()).isSameAs(first);
		assertThat(started).hasSize(1);
	}

	@Test
	void whenFirstLoadFailsThenThrowsAndIsAskedAgainAfterASecond() {
		this.down = true;
		for (int i = 0; i < 40; i++) {
			assertThatExceptionOfType(FacilitatorException.class).isThrownBy(this.cache::get)
				.withMessageContaining("down");
		}
		assertThat(this.loads).hasValue(1);
		assertThat(this.cache.failure()).isEqualTo("down");
		this.down = false;
		advance(Duration.ofSeconds(1));
		assertThat(this.cache.get()).isNotNull();
		assertThat(this.cache.failure()).isNull();
	}

	@Test
	void whenLoadsKeepFailingThenTheTimeBetweenThemDoublesUpToHalfAMinute() {
		this.down = true;
		for (int seconds : new int[] { 1, 2, 4, 8, 16, 30, 30 }) {
			int before = this.loads.get();
			assertThatExceptionOfType(FacilitatorException.class).isThrownBy(this.cache::get);
			advance(Duration.ofSeconds(seconds).minusNanos(1));
			assertThatExceptionOfType(FacilitatorException.class).isThrownBy(this.cache::get);
			assertThat(this.loads).hasValue(before + 1);
			advance(Duration.ofNanos(1));
		}
	}

	@Test
	void whenLoaderIsBrokenThenNobodyWaitsForeverAndItsTextIsNotRepeated() {
		SupportedCache broken = cache(() -> {
			throw new IllegalStateException("bug");
		}, this.background::add);
		for (int i = 0; i < 2; i++) {
			assertThatExceptionOfType(FacilitatorException.class).isThrownBy(broken::get)
				.withMessageContaining("IllegalStateException")
				.withMessageNotContaining("bug");
		}
	}

	@Test
	void whenManyAskAtOnceThenOneLoadServesAll() throws Exception {
		CountDownLatch loading = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		SupportedCache slow = cache(() -> {
			loading.countDown();
			awaitQuietly(go);
			return load();
		}, this.background::add);
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Future<SupportedResponse>> answers = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				answers.add(threads.submit(slow::get));
			}
			assertThat(loading.await(2, TimeUnit.SECONDS)).isTrue();
			go.countDown();
			SupportedResponse first = answers.get(0).get(2, TimeUnit.SECONDS);
			for (Future<SupportedResponse> answer : answers) {
				assertThat(answer.get(2, TimeUnit.SECONDS)).isSameAs(first);
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(this.loads).hasValue(1);
	}

	private SupportedCache cache(Supplier<SupportedResponse> loader, Executor refresher) {
		return new SupportedCache(loader, Duration.ofMinutes(10), this.nanoTime::get, refresher, () -> this.random);
	}

	private SupportedResponse load() {
		this.loads.incrementAndGet();
		if (this.down) {
			throw new FacilitatorException("down");
		}
		return new SupportedResponse(List.of(), List.of("answer" + this.loads.get()), Map.of());
	}

	private void advance(Duration duration) {
		this.nanoTime.addAndGet(duration.toNanos());
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await(2, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
