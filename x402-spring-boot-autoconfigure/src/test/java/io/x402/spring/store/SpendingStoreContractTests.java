/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every store of spendings does.
 */
public abstract class SpendingStoreContractTests {

	private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

	private static final SpendingLimit TOTAL = new SpendingLimit(false, null, new BigDecimal("0.50"));

	private static final SpendingLimit HOUR = new SpendingLimit(false, Duration.ofHours(1), new BigDecimal("0.20"));

	private static final SpendingLimit HOST = new SpendingLimit(true, Duration.ofDays(1), new BigDecimal("0.10"));

	private static final String NETWORK = "eip155:84532";

	private final String account = "0x" + UUID.randomUUID();

	/**
	 * Return the store. Every one that a test asks for shares its account with the
	 * others.
	 */
	protected abstract SpendingStore store();

	@Test
	void whenBudgetIsReachedExactlyThenItFitsAndOneMillionthMoreDoesNot() {
		SpendingStore store = store();
		assertThat(store.reserve(spend("a", 499_999, NOON), List.of(TOTAL))).isNull();
		assertThat(store.reserve(spend("a", 2, NOON), List.of(TOTAL))).isEqualTo(TOTAL);
		assertThat(store.reserve(spend("a", 1, NOON), List.of(TOTAL))).isNull();
		assertThat(store.reserve(spend("a", 1, NOON), List.of(TOTAL))).isEqualTo(TOTAL);
	}

	@Test
	void whenTimeHasPassedThenABudgetOverTimeIsThereAgainAndATotalIsNot() {
		SpendingStore store = store();
		List<SpendingLimit> limits = List.of(HOUR, TOTAL);
		assertThat(store.reserve(spend("a", 200_000, NOON), limits)).isNull();
		assertThat(store.reserve(spend("a", 1, NOON.plusSeconds(3600)), limits)).isEqualTo(HOUR);
		assertThat(store.reserve(spend("a", 200_000, NOON.plusSeconds(3660)), limits)).isNull();
		assertThat(store.reserve(spend("a", 100_001, NOON.plusSeconds(100_000)), limits)).isEqualTo(TOTAL);
	}

	@Test
	void whenTheClockIsSetAheadAndBackThenWhatWasSpentBeforeStillCounts() {
		SpendingStore store = store();
		List<SpendingLimit> limits = List.of(HOUR, HOST);
		assertThat(store.reserve(spend("a", 90_000, NOON), limits)).isNull();
		assertThat(store.reserve(spend("a", 1, NOON.plus(Duration.ofDays(400))), limits)).isNull();
		assertThat(store.reserve(spend("a", 10_000, NOON.plusSeconds(60)), limits)).isEqualTo(HOST);
		assertThat(store.reserve(spend("b", 100_000, NOON.plusSeconds(60)), limits)).isNull();
		assertThat(store.reserve(spend("c", 10_000, NOON.plusSeconds(60)), limits)).isEqualTo(HOUR);
	}

	@Test
	void whenAPaymentIsReleasedAfterTheClockWasSetAheadThenNothingIsGained() {
		SpendingStore store = store();
		Spending first = spend("a", 200_000, NOON);
		assertThat(store.reserve(first, List.of(HOUR))).isNull();
		assertThat(store.reserve(spend("a", 1, NOON.plus(Duration.ofDays(3))), List.of(HOUR))).isNull();
		store.release(first);
		assertThat(store.reserve(spend("a", 200_000, NOON), List.of(HOUR))).isEqualTo(HOUR);
		assertThat(store.reserve(spend("a", 199_999, NOON), List.of(HOUR))).isNull();
	}

	@Test
	void whenBudgetIsPerHostThenHostsDoNotShareIt() {
		SpendingStore store = store();
		assertThat(store.reserve(spend("a", 100_000, NOON), List.of(HOST))).isNull();
		assertThat(store.reserve(spend("a", 1, NOON), List.of(HOST))).isEqualTo(HOST);
		assertThat(store.reserve(spend("b:8443", 100_000, NOON), List.of(HOST))).isNull();
	}

	@Test
	void whenRefusedThenNothingIsCounted() {
		SpendingStore store = store();
		assertThat(store.reserve(spend("a", 100_001, NOON), List.of(TOTAL, HOST))).isEqualTo(HOST);
		assertThat(store.reserve(spend("b", 500_000, NOON), List.of(TOTAL))).isNull();
	}

	@Test
	void whenReleasedThenItDoesNotCountAnyMore() {
		SpendingStore store = store();
		Spending spending = spend("a", 100_000, NOON);
		store.reserve(spending, List.of());
		store.release(spending);
		assertThat(store.reserve(spend("a", 100_000, NOON), List.of(HOST))).isNull();
		assertThat(store.reserve(spend("b", 400_000, NOON), List.of(TOTAL))).isNull();
	}

	@Test
	void whenAnotherAccountSpendsThenItIsItsOwnBudget() {
		SpendingStore store = store();
		store.reserve(new Spending("0x" + UUID.randomUUID(), "a", 500_000, NOON), List.of(TOTAL));
		assertThat(store.reserve(spend("a", 500_000, NOON), List.of(TOTAL))).isNull();
	}

	@Test
	void whenRecipientWasGivenBeforeThenTheFirstOneStays() {
		assertThat(store().pin(this.account, "a", NETWORK, "0x1")).isEqualTo("0x1");
		assertThat(store().pin(this.account, "a", NETWORK, "0x2")).isEqualTo("0x1");
		assertThat(store().pin(this.account, "a", NETWORK, "0x1")).isEqualTo("0x1");
	}

	@Test
	void whenHostNetworkOrAccountIsAnotherThenSoIsTheRecipient() {
		SpendingStore store = store();
		store.pin(this.account, "a", NETWORK, "0x1");
		assertThat(store.pin(this.account, "a:8443", NETWORK, "0x2")).isEqualTo("0x2");
		assertThat(store.pin(this.account, "a", "eip155:8453", "0x3")).isEqualTo("0x3");
		assertThat(store.pin("0x" + UUID.randomUUID(), "a", NETWORK, "0x4")).isEqualTo("0x4");
	}

	@Test
	void whenManyThreadsOfTwoInstancesGiveRecipientsThenAllGetTheSameOne() throws Exception {
		List<SpendingStore> instances = List.of(store(), store());
		ExecutorService threads = Executors.newFixedThreadPool(16);
		try {
			CountDownLatch start = new CountDownLatch(1);
			List<Future<String>> pins = new ArrayList<>();
			for (int i = 0; i < 64; i++) {
				SpendingStore store = instances.get(i % 2);
				String recipient = "0x" + i;
				pins.add(threads.submit(() -> {
					start.await();
					return store.pin(this.account, "a", NETWORK, recipient);
				}));
			}
			start.countDown();
			Set<String> recipients = new HashSet<>();
			for (Future<String> pin : pins) {
				recipients.add(pin.get(2, TimeUnit.MINUTES));
			}
			assertThat(recipients).hasSize(1);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void whenManyThreadsOfTwoInstancesReserveThenExactlyWhatFitsIsCounted() throws Exception {
		List<SpendingStore> instances = List.of(store(), store());
		ExecutorService threads = Executors.newFixedThreadPool(16);
		try {
			CountDownLatch start = new CountDownLatch(1);
			List<Future<SpendingLimit>> reservations = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				SpendingStore store = instances.get(i % 2);
				String host = "host" + i % 3;
				reservations.add(threads.submit(() -> {
					start.await();
					return store.reserve(spend(host, 50_000, NOON), List.of(TOTAL));
				}));
			}
			start.countDown();
			int reserved = 0;
			for (Future<SpendingLimit> reservation : reservations) {
				reserved += (reservation.get(2, TimeUnit.MINUTES) == null) ? 1 : 0;
			}
			assertThat(reserved).isEqualTo(10);
		}
		finally {
			threads.shutdownNow();
		}
	}

	private Spending spend(String host, long micros, Instant time) {
		return new Spending(this.account, host, micros, time);
	}

}
