/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What every store of free calls does.
 */
public abstract class QuotaStoreContractTests {

	private final String price = UUID.randomUUID().toString();

	/**
	 * Return the store. Every one that a test asks for shares its counts with the others.
	 * @param maxClients maximum number of clients
	 */
	protected abstract QuotaStore store(int maxClients);

	@Test
	void whenCallsAreTakenThenNoMoreThanTheLimitAreFree() {
		QuotaStore store = store(100);
		for (int left = 2; left >= 0; left--) {
			QuotaCall call = store.take(client("a"));
			assertThat(call.taken()).isTrue();
			assertThat(call.remaining()).isEqualTo(left);
			assertThat(call.reset()).isBetween(Duration.ofHours(23), Duration.ofDays(1));
		}
		QuotaCall refused = store.take(client("a"));
		assertThat(refused.taken()).isFalse();
		assertThat(refused.remaining()).isZero();
		assertThat(refused.reset()).isBetween(Duration.ofHours(23), Duration.ofDays(1));
	}

	@Test
	void whenClientPriceOrQuotaIsAnotherThenItCountsForItself() {
		QuotaStore store = store(100);
		assertThat(taken(store, client("a"), 5)).isEqualTo(3);
		assertThat(taken(store, client("b"), 5)).isEqualTo(3);
		assertThat(taken(store, QuotaClient.of(UUID.randomUUID().toString(), "a", 3, Duration.ofDays(1)), 5))
			.isEqualTo(3);
		assertThat(taken(store, QuotaClient.of(this.price, "a", 4, Duration.ofDays(1)), 5)).isEqualTo(4);
	}

	@Test
	void whenInstancesShareTheStoreThenTheyShareTheQuota() {
		assertThat(taken(store(100), client("a"), 2)).isEqualTo(2);
		assertThat(taken(store(100), client("a"), 2)).isEqualTo(1);
	}

	@Test
	void whenACallIsGivenBackThenItIsFreeAgain() {
		QuotaStore store = store(100);
		QuotaCall call = store.take(client("a"));
		assertThat(taken(store, client("a"), 5)).isEqualTo(2);
		store(100).giveBack(client("a"), call);
		assertThat(taken(store, client("a"), 5)).isEqualTo(1);
	}

	@Test
	void whenPeriodEndsThenCallsAreFreeAgainAndALateOneIsNotGivenBack() {
		QuotaStore store = store(100);
		QuotaClient client = QuotaClient.of(this.price, "a", 2, Duration.ofSeconds(1));
		QuotaCall late = store.take(client);
		assertThat(taken(store, client, 2)).isEqualTo(1);
		List<QuotaCall> next = new ArrayList<>();
		await().until(() -> {
			next.add(store.take(client));
			return next.get(next.size() - 1).taken();
		});
		store.giveBack(client, late);
		assertThat(next.get(next.size() - 1).remaining()).isEqualTo(1);
		assertThat(next.get(next.size() - 1).period()).isNotEqualTo(late.period());
		assertThat(taken(store, client, 5)).isEqualTo(1);
	}

	@Test
	void whenThereIsNoRoomForAClientThenItHasNoFreeCallAndCountsStay() {
		QuotaStore store = store(2);
		QuotaClient first = QuotaClient.of(this.price, "a", 3, Duration.ofSeconds(3));
		assertThat(taken(store, first, 1)).isEqualTo(1);
		assertThat(taken(store, QuotaClient.of(this.price, "b", 3, Duration.ofSeconds(3)), 1)).isEqualTo(1);
		for (int i = 0; i < 20; i++) {
			QuotaCall call = store.take(QuotaClient.of(this.price, "flood" + i, 3, Duration.ofSeconds(3)));
			assertThat(call).isEqualTo(new QuotaCall(false, 0, Duration.ofSeconds(3), 0));
		}
		assertThat(taken(store, first, 5)).isEqualTo(2);
		await().until(() -> {
			store.maintain();
			return store.take(QuotaClient.of(this.price, "later", 3, Duration.ofSeconds(3))).taken();
		});
	}

	@Test
	void whenManyThreadsOfTwoInstancesTakeCallsThenExactlyTheLimitIsTaken() throws Exception {
		List<QuotaStore> instances = List.of(store(100), store(100));
		QuotaClient client = QuotaClient.of(this.price, "a", 50, Duration.ofDays(1));
		ExecutorService threads = Executors.newFixedThreadPool(16);
		try {
			CountDownLatch start = new CountDownLatch(1);
			List<Future<QuotaCall>> calls = IntStream.range(0, 200).mapToObj((i) -> threads.submit(() -> {
				start.await();
				return instances.get(i % 2).take(client);
			})).toList();
			start.countDown();
			int taken = 0;
			for (Future<QuotaCall> call : calls) {
				taken += call.get(2, TimeUnit.MINUTES).taken() ? 1 : 0;
			}
			assertThat(taken).isEqualTo(50);
			assertThat(instances.get(0).take(client).taken()).isFalse();
		}
		finally {
			threads.shutdownNow();
		}
	}

	private QuotaClient client(String name) {
		return QuotaClient.of(this.price, name, 3, Duration.ofDays(1));
	}

	private static int taken(QuotaStore store, QuotaClient client, int calls) {
		return (int) IntStream.range(0, calls).filter((i) -> store.take(client).taken()).count();
	}

}
