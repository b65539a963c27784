/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long the keys of an edge are known, and how often they are requested.
 */
class EdgeKeysTests {

	private static final LoopbackUpstream upstream = new LoopbackUpstream();

	/** The common pool has a single thread on a machine with two processors. */
	private static final ExecutorService threads = Executors.newCachedThreadPool();

	private final SetClock clock = new SetClock();

	private final EdgeKeys keys = new EdgeKeys(RestClient.create(upstream.url() + "/certs"), this.clock);

	@AfterAll
	static void close() throws Exception {
		threads.shutdownNow();
		upstream.close();
	}

	@Test
	void whenTokensNameUnknownKeysThenKeysAreRequestedOnceAMinute() {
		upstream.reset();
		upstream.certs(new SigningEdge().certs());
		for (int i = 0; i < 100; i++) {
			assertThat(this.keys.find("unknown")).isEmpty();
		}
		assertThat(this.keys.find("1")).hasSize(1);
		assertThat(this.keys.find(null)).hasSize(1);
		assertThat(upstream.received()).hasSize(1);
		this.clock.advance(Duration.ofMinutes(1));
		this.keys.find("unknown");
		assertThat(upstream.received()).hasSize(2);
	}

	@Test
	void whenKeysCannotBeReadThenTheFormerOnesHoldUntilTheyExpire() {
		upstream.certs(new SigningEdge().certs());
		assertThat(this.keys.find("1")).hasSize(1);
		upstream.certs("none");
		this.clock.advance(Duration.ofSeconds(59));
		assertThat(this.keys.find("1")).hasSize(1);
		this.clock.advance(Duration.ofSeconds(2));
		assertThat(this.keys.find("1")).isEmpty();
		upstream.certs(new SigningEdge().certs());
		this.clock.advance(Duration.ofMinutes(1));
		assertThat(this.keys.find("1")).hasSize(1);
	}

	@Test
	void whenKeysCannotBeReadThenTheyAreRequestedAgainSoon() {
		upstream.reset();
		upstream.certs("none");
		for (int i = 0; i < 10; i++) {
			assertThat(this.keys.find("1")).isEmpty();
		}
		assertThat(upstream.received()).hasSize(1);
		upstream.certs(new SigningEdge().certs());
		this.clock.advance(Duration.ofSeconds(5));
		assertThat(this.keys.find("1")).hasSize(1);
	}

	@Test
	void whenUnknownKeysAreRequestedThenKnownOnesDoNotWait() throws Exception {
		upstream.certs(new SigningEdge().certs());
		AtomicInteger requests = new AtomicInteger();
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		EdgeKeys slow = new EdgeKeys(RestClient.builder()
			.baseUrl(upstream.url() + "/certs/for-an-hour")
			.requestInterceptor((request, body, next) -> {
				if (requests.incrementAndGet() == 2) {
					begun.countDown();
					await(end);
				}
				return next.execute(request, body);
			})
			.build(), this.clock);
		assertThat(slow.find("1")).hasSize(1);
		this.clock.advance(Duration.ofMinutes(2));
		Future<?> unknown = threads.submit(() -> slow.find("unknown"));
		await(begun);
		assertThat(threads.submit(() -> slow.find("1")).get(10, TimeUnit.SECONDS)).hasSize(1);
		assertThat(unknown).isNotDone();
		end.countDown();
		unknown.get(10, TimeUnit.SECONDS);
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static final class SetClock extends Clock {

		private Instant now = Instant.ofEpochSecond(1_770_000_000);

		void advance(Duration time) {
			this.now = this.now.plus(time);
		}

		@Override
		public Instant instant() {
			return this.now;
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

}
