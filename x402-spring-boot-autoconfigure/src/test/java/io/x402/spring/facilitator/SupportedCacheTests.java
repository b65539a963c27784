package io.x402.spring.facilitator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

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

	private final SupportedCache cache = new SupportedCache(this::load, Duration.ofMinutes(10), this.nanoTime::get);

	@Test
	void whenAnswerIsFreshThenFacilitatorIsAskedOnce() {
		SupportedResponse first = this.cache.get();
		advance(Duration.ofMinutes(10).minusNanos(1));
		assertThat(this.cache.get()).isSameAs(first);
		assertThat(this.loads).hasValue(1);
	}

	@Test
	void whenAnswerIsOldThenFacilitatorIsAskedAgain() {
		SupportedResponse first = this.cache.get();
		advance(Duration.ofMinutes(10));
		assertThat(this.cache.get()).isNotSameAs(first);
		assertThat(this.loads).hasValue(2);
	}

	@Test
	void whenRefreshFailsThenOldAnswerServesAndIsNotRefreshedOnEveryCall() {
		SupportedResponse first = this.cache.get();
		this.down = true;
		advance(Duration.ofMinutes(10));
		assertThat(this.cache.get()).isSameAs(first);
		assertThat(this.cache.get()).isSameAs(first);
		assertThat(this.loads).hasValue(2);
		this.down = false;
		advance(Duration.ofSeconds(30));
		assertThat(this.cache.get()).isNotSameAs(first);
	}

	@Test
	void whenFirstLoadFailsThenThrowsAndNextCallAsksAgain() {
		this.down = true;
		assertThatExceptionOfType(FacilitatorException.class).isThrownBy(this.cache::get).withMessage("down");
		this.down = false;
		assertThat(this.cache.get()).isNotNull();
	}

	@Test
	void whenLoaderIsBrokenThenNobodyWaitsForever() {
		SupportedCache broken = new SupportedCache(() -> {
			throw new IllegalStateException("bug");
		}, Duration.ofMinutes(10), this.nanoTime::get);
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(broken::get);
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(broken::get);
	}

	@Test
	void whenManyAskAtOnceThenOneLoadServesAll() throws Exception {
		CountDownLatch loading = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		SupportedCache slow = new SupportedCache(() -> {
			loading.countDown();
			awaitQuietly(go);
			return load();
		}, Duration.ofMinutes(10), this.nanoTime::get);
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

	@Test
	void whenRefreshIsUnderWayThenOthersGetTheOldAnswerAtOnce() throws Exception {
		CountDownLatch refreshing = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		SupportedCache slow = new SupportedCache(() -> {
			if (this.loads.get() > 0) {
				refreshing.countDown();
				awaitQuietly(go);
			}
			return load();
		}, Duration.ofMinutes(10), this.nanoTime::get);
		SupportedResponse first = slow.get();
		advance(Duration.ofMinutes(10));
		ExecutorService thread = Executors.newSingleThreadExecutor();
		try {
			Future<SupportedResponse> refreshed = thread.submit(slow::get);
			assertThat(refreshing.await(2, TimeUnit.SECONDS)).isTrue();
			assertThat(slow.get()).isSameAs(first);
			go.countDown();
			assertThat(refreshed.get(2, TimeUnit.SECONDS)).isNotSameAs(first);
		}
		finally {
			thread.shutdownNow();
		}
	}

	private SupportedResponse load() {
		this.loads.incrementAndGet();
		if (this.down) {
			throw new FacilitatorException("down");
		}
		return new SupportedResponse(List.of(), List.of(), Map.of());
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
