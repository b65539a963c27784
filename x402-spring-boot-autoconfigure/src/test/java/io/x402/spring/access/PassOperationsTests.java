/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import io.x402.spring.access.PassOperations.Taken;
import io.x402.spring.store.InMemoryPassStore;
import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassOperation;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.PaymentStoreException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PassOperations}.
 */
class PassOperationsTests {

	private static final String ID = "balance";

	private final PassStore store = new InMemoryPassStore(1_000, Clock.systemUTC());

	private final AtomicLong time = new AtomicLong();

	/**
	 * Steps are executed, not executed, executed twice, executed later, and their
	 * responses are lost. In the end exactly that is taken which served calls have used.
	 */
	@RepeatedTest(30)
	void whenAnythingHappensToStepsThenExactlyThatIsTakenWhichServedCallsHaveUsed(RepetitionInfo repetition) {
		Random random = new Random(repetition.getCurrentRepetition());
		sell(20_000);
		Unreliable unreliable = new Unreliable(this.store, random);
		PassOperations operations = operations(unreliable);
		List<Taken> running = new ArrayList<>();
		List<Long> uses = new ArrayList<>();
		long sum = 0;
		for (int step = 0; step < 400; step++) {
			unreliable.executeOneLate();
			int kind = random.nextInt(10);
			if (kind < 5) {
				long count = 1 + random.nextInt(300);
				Taken taken = orNull(() -> operations.take(ID, null, count, "GET /"));
				if (taken != null) {
					running.add(taken);
					uses.add(count);
				}
			}
			else if (kind < 9 && !running.isEmpty()) {
				int ended = random.nextInt(running.size());
				long count = uses.remove(ended);
				long unused = random.nextBoolean() ? count : random.nextLong(count + 1);
				operations.end(running.remove(ended), unused);
				sum += count - unused;
			}
			else {
				orNull(() -> {
					operations.maintain();
					return null;
				});
			}
		}
		unreliable.recover();
		operations.maintain();
		assertThat(used()).isEqualTo(sum + uses.stream().mapToLong(Long::longValue).sum());
		assertThat(unreliable.faults).isGreaterThan(50);
	}

	@Test
	void whenResponseOfAUseIsLostThenItIsGivenBackOnceTheStoreResponds() {
		sell(100);
		AtomicLong attempts = new AtomicLong();
		PassOperations operations = operations(new DelegatingPassStore(this.store) {

			@Override
			public @Nullable PassRecord use(PassOperation operation, @Nullable String tokenHash) {
				super.use(operation, tokenHash);
				throw new IllegalStateException("Not one of the store");
			}

			@Override
			public void giveBack(PassOperation operation, long uses) {
				super.giveBack(operation, uses);
				if (attempts.incrementAndGet() < 3) {
					throw new PaymentStoreException("The connection is lost");
				}
			}

		});
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> operations.take(ID, null, 30, "GET /"));
		assertThat(used()).isEqualTo(30);
		assertThatExceptionOfType(PaymentStoreException.class).isThrownBy(operations::maintain);
		assertThatExceptionOfType(PaymentStoreException.class).isThrownBy(operations::maintain);
		operations.maintain();
		operations.maintain();
		assertThat(used()).isZero();
		assertThat(attempts).hasValue(3);
	}

	@Test
	void whenTooMuchWaitsToBeGivenBackThenNothingMoreIsTaken() {
		sell(100_000);
		AtomicLong uses = new AtomicLong();
		PassOperations operations = operations(new DelegatingPassStore(this.store) {

			@Override
			public @Nullable PassRecord use(PassOperation operation, @Nullable String tokenHash) {
				uses.incrementAndGet();
				super.use(operation, tokenHash);
				throw new PaymentStoreException("The connection is lost");
			}

		});
		for (int i = 0; i < 10_100; i++) {
			assertThatExceptionOfType(PaymentStoreException.class)
				.isThrownBy(() -> operations.take(ID, null, 1, "GET /"));
		}
		assertThat(uses).hasValue(10_000);
		operations.maintain();
		assertThat(used()).isZero();
	}

	@Test
	void whenStoreMayHaveForgottenAnOperationThenItIsNotGivenBack() {
		sell(100);
		PassOperations operations = operations(new DelegatingPassStore(this.store) {

			@Override
			public @Nullable PassRecord use(PassOperation operation, @Nullable String tokenHash) {
				throw new PaymentStoreException("Out of reach");
			}

			@Override
			public void giveBack(PassOperation operation, long uses) {
				throw new AssertionError("Given back");
			}

		});
		assertThatExceptionOfType(PaymentStoreException.class).isThrownBy(() -> operations.take(ID, null, 1, "GET /"));
		this.time.addAndGet(PassStore.OPERATION_KEPT.toNanos());
		operations.maintain();
	}

	@Test
	void whenCallRunsForLongThenItsOperationIsKeptUntilItEnds() {
		sell(100);
		List<PassOperation> kept = new ArrayList<>();
		PassOperations operations = operations(new DelegatingPassStore(this.store) {

			@Override
			public void keep(PassOperation operation) {
				super.keep(operation);
				kept.add(operation);
			}

		});
		Taken taken = Objects.requireNonNull(operations.take(ID, null, 30, "GET /"));
		operations.maintain();
		assertThat(kept).isEmpty();
		for (int i = 1; i < 10; i++) {
			this.time.addAndGet(Duration.ofMinutes(25).toNanos());
			operations.maintain();
			operations.maintain();
			assertThat(kept).hasSize(i);
		}
		operations.end(taken, 10);
		assertThat(used()).isEqualTo(20);
		this.time.addAndGet(Duration.ofMinutes(25).toNanos());
		operations.maintain();
		assertThat(kept).hasSize(9);
	}

	@Test
	void whenUsesCannotBeGivenBackThenOperationsOfRunningCallsAreKeptAllTheSame() {
		sell(100);
		List<PassOperation> kept = new ArrayList<>();
		PassOperations operations = operations(new DelegatingPassStore(this.store) {

			@Override
			public void giveBack(PassOperation operation, long uses) {
				throw new PaymentStoreException("Out of reach");
			}

			@Override
			public void keep(PassOperation operation) {
				kept.add(operation);
			}

		});
		Taken running = Objects.requireNonNull(operations.take(ID, null, 1, "GET /"));
		operations.end(Objects.requireNonNull(operations.take(ID, null, 1, "GET /")), 1);
		this.time.addAndGet(Duration.ofMinutes(25).toNanos());
		assertThatExceptionOfType(PaymentStoreException.class).isThrownBy(operations::maintain);
		assertThat(kept).hasSize(1);
		operations.end(running, 0);
	}

	@Test
	void whenAStepFailsThenTheOthersAreDoneInTheSameRound() {
		sell(100);
		List<PassOperation> asked = new ArrayList<>();
		List<PassOperation> done = new ArrayList<>();
		PassOperations operations = operations(new DelegatingPassStore(this.store) {

			@Override
			public void giveBack(PassOperation operation, long uses) {
				failFirst(operation);
			}

			@Override
			public void keep(PassOperation operation) {
				failFirst(operation);
			}

			private void failFirst(PassOperation operation) {
				asked.add(operation);
				if (asked.get(0).equals(operation)) {
					throw new PaymentStoreException("Failed");
				}
				done.add(operation);
			}

		});
		List<Taken> running = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			running.add(Objects.requireNonNull(operations.take(ID, null, 1, "GET /")));
		}
		this.time.addAndGet(Duration.ofMinutes(25).toNanos());
		assertThatExceptionOfType(PaymentStoreException.class).isThrownBy(operations::maintain);
		assertThat(done).hasSize(4);
		asked.clear();
		done.clear();
		running.forEach((taken) -> operations.end(taken, 1));
		assertThat(done).hasSize(4);
		assertThatExceptionOfType(PaymentStoreException.class).isThrownBy(operations::maintain);
		assertThat(asked).hasSize(6);
	}

	@Test
	void whenStoreIsOutOfReachThenARoundTriesFewSteps() {
		sell(100);
		AtomicLong tried = new AtomicLong();
		PassOperations operations = operations(new DelegatingPassStore(this.store) {

			@Override
			public void giveBack(PassOperation operation, long uses) {
				tried.incrementAndGet();
				throw new PaymentStoreException("Out of reach");
			}

			@Override
			public void keep(PassOperation operation) {
				tried.incrementAndGet();
				throw new PaymentStoreException("Out of reach");
			}

		});
		List<Taken> running = new ArrayList<>();
		for (int i = 0; i < 40; i++) {
			running.add(Objects.requireNonNull(operations.take(ID, null, 1, "GET /")));
		}
		running.subList(0, 20).forEach((taken) -> operations.end(taken, 1));
		tried.set(0);
		this.time.addAndGet(Duration.ofMinutes(25).toNanos());
		assertThatExceptionOfType(PaymentStoreException.class).isThrownBy(operations::maintain);
		assertThat(tried).hasValue(6);
		assertThat(running).hasSize(40);
	}

	private void sell(long uses) {
		this.store.prepare(new NewPass(ID, "a".repeat(64),
				new NewPass.Paid("n", "a", BigInteger.valueOf(uses), "p", null, null), "", null, uses), "1", 0);
		this.store.start(ID);
	}

	private long used() {
		return Objects.requireNonNull(this.store.find(ID)).used();
	}

	private PassOperations operations(PassStore used) {
		return new PassOperations(used, new PassStatement(null, false), this.time::get);
	}

	private static <T> @Nullable T orNull(Supplier<@Nullable T> step) {
		try {
			return step.get();
		}
		catch (PaymentStoreException ex) {
			return null;
		}
	}

	/**
	 * A store behind a connection to which anything happens.
	 */
	private static final class Unreliable extends DelegatingPassStore {

		private final Random random;

		private final List<Runnable> late = new ArrayList<>();

		private boolean recovered;

		private int faults;

		Unreliable(PassStore store, Random random) {
			super(store);
			this.random = random;
		}

		private <T extends @Nullable Object> T execute(Supplier<T> step) {
			int kind = this.recovered ? 9 : this.random.nextInt(10);
			if (kind < 4) {
				this.faults++;
			}
			if (kind == 0) {
				throw new PaymentStoreException("Out of reach");
			}
			if (kind == 1) {
				this.late.add(step::get);
				throw new PaymentStoreException("It takes too long");
			}
			if (kind == 3) {
				this.late.add(step::get);
			}
			T result = step.get();
			if (kind == 2) {
				throw new PaymentStoreException("The connection is lost");
			}
			return (kind == 4) ? step.get() : result;
		}

		/**
		 * A use can be executed once more after its call has ended.
		 */
		@Override
		public void complete(PassOperation operation) {
		}

		void executeOneLate() {
			if (!this.late.isEmpty() && this.random.nextInt(3) == 0) {
				this.late.remove(this.random.nextInt(this.late.size())).run();
			}
		}

		void recover() {
			this.recovered = true;
			this.late.forEach(Runnable::run);
		}

		@Override
		public @Nullable PassRecord use(PassOperation operation, @Nullable String tokenHash) {
			return execute(() -> super.use(operation, tokenHash));
		}

		@Override
		public void giveBack(PassOperation operation, long uses) {
			execute(() -> {
				super.giveBack(operation, uses);
				return "";
			});
		}

	}

}
