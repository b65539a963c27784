/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Objects;

import io.x402.spring.fixture.MovingClock;
import io.x402.spring.store.tck.PassStoreContractTests;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link InMemoryPassStore}.
 */
class InMemoryPassStoreTests extends PassStoreContractTests {

	private final MovingClock sharedClock = MovingClock.running();

	private final InMemoryPassStore shared = new InMemoryPassStore(1000, this.sharedClock);

	@Override
	protected PassStore createStore() {
		return this.shared;
	}

	@Override
	protected void age(NewPass pass, Duration time) {
		this.sharedClock.pass(time);
	}

	@Override
	protected void ageOperations(Duration time) {
		this.sharedClock.pass(time);
	}

	@Test
	void whenStoreIsFullThenNewPassesAreRefusedAndKnownOnesAreNot() {
		MovingClock clock = MovingClock.standing();
		InMemoryPassStore store = new InMemoryPassStore(1, clock);
		store.prepare(pass("1"), "1");
		store.prepare(pass("1"), "1");
		assertThatExceptionOfType(PaymentStoreException.class).isThrownBy(() -> store.prepare(pass("2"), "1"));
		clock.pass(PassStore.KEPT.plusMillis(1));
		store.prepare(pass("2"), "1");
		assertThat(store.find("1")).isNull();
	}

	@Test
	void whenPassHasEndedLongAgoThenItIsForgotten() {
		MovingClock clock = MovingClock.standing();
		InMemoryPassStore store = new InMemoryPassStore(10, clock);
		store.prepare(pass("1"), "1");
		store.start("1");
		clock.pass(PassStore.KEPT);
		store.maintain();
		assertThat(store.find("1")).isNotNull();
		clock.pass(Duration.ofHours(1).plusMillis(1));
		store.maintain();
		assertThat(store.find("1")).isNull();
	}

	@Test
	void whenCallsHaveEndedThenTheirOperationsTakeNoRoom() {
		InMemoryPassStore store = new InMemoryPassStore(1, MovingClock.standing());
		store.prepare(balance(), "1", 1);
		for (int i = 0; i < 100; i++) {
			PassOperation operation = PassOperation.of("1", 1);
			assertThat(store.use(operation, null)).isNotNull();
			store.complete(operation);
			store.complete(operation);
		}
		assertThat(Objects.requireNonNull(store.find("1")).used()).isEqualTo(101);
	}

	@Test
	void whenUsesAreGivenBackThenTheyTakeNoRoomOfOthers() {
		InMemoryPassStore store = new InMemoryPassStore(1, MovingClock.standing());
		store.prepare(balance(), "1", 1);
		for (int i = 0; i < 100; i++) {
			PassOperation operation = PassOperation.of("1", 10);
			assertThat(store.use(operation, null)).isNotNull();
			store.giveBack(operation, 10);
			store.giveBack(operation, 10);
		}
		assertThat(Objects.requireNonNull(store.find("1")).used()).isEqualTo(1);
	}

	@Test
	void whenPassesAreForgottenThenTheirOperationsTakeNoRoomOfOthers() {
		InMemoryPassStore store = new InMemoryPassStore(1, MovingClock.standing());
		for (int i = 0; i < 3; i++) {
			store.prepare(balance(), "1", 1);
			store.giveBack(PassOperation.of("1", 1), 1);
			store.forget("1", "1");
			assertThat(store.find("1")).isNull();
		}
		store.prepare(balance(), "1", 1);
		for (int i = 0; i < 5; i++) {
			assertThat(store.use(PassOperation.of("1", 1), null)).isNotNull();
		}
	}

	@Test
	void whenThereIsNoRoomForOperationsThenNothingIsTakenUntilACallEnds() {
		MovingClock clock = MovingClock.standing();
		InMemoryPassStore store = new InMemoryPassStore(1, clock);
		store.prepare(balance(), "1", 1);
		PassOperation first = PassOperation.of("1", 1);
		store.use(first, null);
		for (int i = 1; i < 5; i++) {
			store.use(PassOperation.of("1", 1), null);
		}
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> store.use(PassOperation.of("1", 1), null));
		assertThat(Objects.requireNonNull(store.find("1")).used()).isEqualTo(6);
		store.complete(first);
		assertThat(store.use(PassOperation.of("1", 1), null)).isNotNull();
		clock.pass(PassStore.OPERATION_KEPT.plusMillis(1));
		store.maintain();
		for (int i = 0; i < 5; i++) {
			assertThat(store.use(PassOperation.of("1", 1), null)).isNotNull();
		}
		store.revoke("1");
		clock.pass(PassStore.KEPT.plusMillis(1));
		store.prepare(balance(), "1", 1);
		store.maintain();
		store.prepare(balance(), "1", 1);
		assertThat(store.use(PassOperation.of("1", 1), null)).isNotNull();
	}

	private static NewPass balance() {
		return new NewPass("1", "a".repeat(64), new NewPass.Paid("n", "a", BigInteger.ONE, "p", null, null), "scope",
				null, 1_000L);
	}

	private static NewPass pass(String id) {
		return new NewPass(id, "a".repeat(64), new NewPass.Paid("n", "a", BigInteger.ONE, "p", null, null), "scope",
				Duration.ofHours(1), null);
	}

}
