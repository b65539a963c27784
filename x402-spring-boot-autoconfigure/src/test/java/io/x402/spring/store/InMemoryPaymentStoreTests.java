/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.fixture.MovingClock;
import io.x402.spring.payment.Payments;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.InMemoryPaymentStore.Capacity;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Claims in memory.
 */
class InMemoryPaymentStoreTests {

	private final InMemoryPaymentStore store = Payments.store();

	@Test
	void whenClaimedOnceThenNobodyElseGetsIt() {
		Claim claim = claim(1);
		assertThat(claim).isNotNull();
		assertThat(claim.state()).isEqualTo(ClaimState.CLAIMED);
		assertThat(claim(1)).isNull();
		assertThat(this.store.find(key(1))).isEqualTo(claim);
	}

	@Test
	void whenClaimedAtOnceThenOneWins() throws Exception {
		int contenders = 16;
		ExecutorService executor = Executors.newFixedThreadPool(contenders);
		CyclicBarrier start = new CyclicBarrier(contenders);
		List<Future<Claim>> claims = new ArrayList<>();
		for (int i = 0; i < contenders; i++) {
			claims.add(executor.submit(() -> {
				start.await();
				return claim(1);
			}));
		}
		int winners = 0;
		for (Future<Claim> claim : claims) {
			winners += Objects.nonNull(claim.get()) ? 1 : 0;
		}
		executor.shutdown();
		assertThat(winners).isOne();
	}

	@Test
	void whenAResponseIsLostThenItsConditionsStay() {
		InMemoryPaymentStore small = new InMemoryPaymentStore(10, 0, new InMemoryPaymentLedger(10, Clock.systemUTC()),
				Clock.systemUTC());
		byte[] conditions = { 1, 2, 3 };
		Claim settling = small.advance(small.claim(Payments.claim(key(1))), ClaimChange.settlingAgain());
		Claim settled = small.advance(settling, Payments.settled(Payments.receipt()));
		Claim answered = small.advance(settled,
				ClaimChange.answered(ResponseRecord.stored(new byte[100]).madeFor(conditions)));
		assertThat(small.response(answered)).isEqualTo(ResponseRecord.notStored(conditions));
	}

	@Test
	void whenAnOutcomeBecomesUnknownWhileOthersAreLookedForThenItIsNotDue() {
		AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {
		});
		MovingClock time = MovingClock.running();
		Clock clock = new Clock() {

			@Override
			public ZoneId getZone() {
				return time.getZone();
			}

			@Override
			public Clock withZone(ZoneId zone) {
				throw new UnsupportedOperationException();
			}

			@Override
			public Instant instant() {
				Instant now = time.instant();
				meanwhile.getAndSet(() -> {
				}).run();
				return now;
			}

		};
		InMemoryPaymentStore moving = new InMemoryPaymentStore(10, 0, new InMemoryPaymentLedger(10, clock), clock);
		Claim settling = moving.advance(moving.claim(Payments.claim(key(1))),
				ClaimChange.settling(new byte[] { 1 }, ResponseRecord.none()));
		meanwhile.set(() -> {
			time.pass(Duration.ofMillis(1));
			moving.advance(settling, ClaimChange.pending(null, Duration.ofMinutes(5)));
		});
		assertThat(moving.takeUnsettled(10, Duration.ofMinutes(2))).isEmpty();
		time.pass(Duration.ofMinutes(5));
		assertThat(moving.takeUnsettled(10, Duration.ofMinutes(2))).hasSize(1);
	}

	@Test
	void whenLeaseIsRenewedMeanwhileThenStepsAreTaken() throws Exception {
		ExecutorService executor = Executors.newSingleThreadExecutor();
		AtomicReference<Claim> held = new AtomicReference<>();
		AtomicBoolean ended = new AtomicBoolean();
		Future<?> renewing = executor.submit(() -> {
			while (!ended.get()) {
				Claim claim = held.get();
				if (claim != null) {
					this.store.renew(List.of(claim));
				}
			}
		});
		try {
			for (int i = 0; i < 5000; i++) {
				held.set(claim(1));
				Claim verified = this.store.advance(held.get(), ClaimChange.verified());
				held.set(verified);
				this.store.release(verified, "test");
				assertThat(this.store.find(key(1))).isNull();
			}
		}
		finally {
			ended.set(true);
			renewing.get();
			executor.shutdown();
		}
	}

	@Test
	void whenReleasedThenItCanBeClaimedAgain() {
		this.store.release(claim(1), "test");
		assertThat(claim(1)).isNotNull();
	}

	@Test
	void whenAnOldVersionIsReleasedThenTheClaimStays() {
		Claim old = claim(1);
		Claim current = this.store.advance(old, ClaimChange.verified());
		this.store.release(old, "test");
		assertThat(this.store.find(key(1))).isEqualTo(current);
	}

	@Test
	void whenAnOldVersionIsAdvancedThenItIsRefused() {
		Claim old = claim(1);
		Claim current = this.store.advance(old, ClaimChange.verified());
		assertThat(current.version()).isEqualTo(old.version() + 1);
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> this.store.advance(old, ClaimChange.settlingAgain()));
		assertThat(this.store.find(key(1))).isEqualTo(current);
	}

	@Test
	void whenAReleasedClaimIsAdvancedThenItIsRefusedEvenIfItWasClaimedAnew() {
		Claim old = claim(1);
		this.store.release(old, "test");
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> this.store.advance(old, ClaimChange.verified()));
		assertThat(this.store.find(key(1))).isNull();
	}

	@Test
	void whenFullThenItRefusesAndForgetsNothing() {
		InMemoryPaymentStore small = Payments.store(2);
		small.claim(Payments.claim(key(1)));
		small.claim(Payments.claim(key(2)));
		for (int i = 3; i < 100; i++) {
			AuthorizationKey key = key(i);
			assertThatExceptionOfType(PaymentStoreException.class).isThrownBy(() -> small.claim(Payments.claim(key)))
				.withMessageContaining("x402.store.max-claims is ");
		}
		assertThat(small.find(key(1))).isNotNull();
		assertThat(small.find(key(2))).isNotNull();
		assertThat(small.refusedClaims()).isEqualTo(97);
	}

	@Test
	void whenThereIsNoRoomThenTheOldestClaimInDoubtLeavesThatWouldBeOver() {
		MovingClock clock = MovingClock.running();
		InMemoryPaymentStore small = InMemoryStores.of(2, new InMemoryPaymentLedger(10, clock), Duration.ofSeconds(30),
				clock);
		Instant end = clock.instant().plus(Duration.ofMinutes(35));
		inDoubt(small, key(1), end);
		inDoubt(small, key(2), end.plusSeconds(1));
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> small.claim(Payments.claim(key(3), end)));
		clock.pass(Duration.ofMinutes(36));
		assertThat(small.find(key(1))).isNotNull();
		assertThat(small.claim(Payments.claim(key(3), clock.instant().plusSeconds(60)))).isNotNull();
		assertThat(small.find(key(1))).isNull();
		assertThat(small.find(key(2))).isNotNull();
	}

	@Test
	void whenAPayerHasNoRoomThenOnlyItsOwnClaimsInDoubtLeave() {
		MovingClock clock = MovingClock.running();
		InMemoryPaymentStore store = InMemoryStores.of(100, new InMemoryPaymentLedger(10, clock),
				Duration.ofSeconds(30), clock);
		Instant end = clock.instant().plus(Duration.ofMinutes(35));
		inDoubt(store, payer(1), end.minusSeconds(1));
		for (int i = 1; i <= 10; i++) {
			inDoubt(store, key(i), end.plusSeconds(i));
		}
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> store.claim(Payments.claim(key(11), end)))
			.withMessageContaining("One payer");
		clock.pass(Duration.ofMinutes(36));
		assertThat(store.claim(Payments.claim(key(11), clock.instant().plusSeconds(60)))).isNotNull();
		assertThat(store.find(payer(1))).isNotNull();
		assertThat(store.find(key(2))).isNull();
		assertThat(store.find(key(3))).isNotNull();
	}

	@Test
	void whenAPayerWithoutRoomAsksThenRoomIsMadeForOthersToo() {
		MovingClock clock = MovingClock.running();
		InMemoryPaymentStore store = InMemoryStores.of(100, new InMemoryPaymentLedger(10, clock),
				Duration.ofSeconds(30), clock);
		Instant end = clock.instant().plus(Duration.ofMinutes(35));
		for (int i = 1; i <= 90; i++) {
			inDoubt(store, payer(i), end);
		}
		clock.pass(Duration.ofMinutes(36));
		Instant later = clock.instant().plusSeconds(60);
		for (int i = 1; i <= 10; i++) {
			store.claim(Payments.claim(key(i), later));
		}
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> store.claim(Payments.claim(key(11), later)))
			.withMessageContaining("One payer");
		assertThat(store.claim(Payments.claim(payer(91), later))).isNotNull();
	}

	@Test
	void whenThereIsNoRoomThenAClaimStaysThatIsLookedInto() {
		MovingClock clock = MovingClock.running();
		InMemoryPaymentStore small = InMemoryStores.of(2, new InMemoryPaymentLedger(10, clock), Duration.ofSeconds(30),
				clock);
		Instant end = clock.instant().plus(Duration.ofMinutes(35));
		inDoubt(small, key(1), end);
		clock.pass(Duration.ofSeconds(1));
		inDoubt(small, key(2), end.plusSeconds(1));
		clock.pass(Duration.ofMinutes(61));
		assertThat(small.takeUnsettled(1, Duration.ofMinutes(2))).extracting((taken) -> taken.claim().key())
			.containsExactly(key(1));
		assertThat(small.claim(Payments.claim(key(3), clock.instant().plusSeconds(60)))).isNotNull();
		assertThat(small.find(key(1))).isNotNull();
		assertThat(small.find(key(2))).isNull();
	}

	private static void inDoubt(InMemoryPaymentStore store, AuthorizationKey key, Instant end) {
		Claim claim = store.claim(Payments.claim(key, end));
		Claim settling = store.advance(claim, ClaimChange.settling(new byte[] { 1 }, ResponseRecord.none()));
		Claim pending = store.advance(settling, ClaimChange.pending(null, Duration.ofMinutes(1)));
		store.advance(pending, ClaimChange.unresolved(Duration.ofHours(1)));
	}

	@Test
	void whenFullThenWhatIsClaimedIsStillSaidToBeClaimed() {
		InMemoryPaymentStore small = Payments.store(1);
		small.claim(Payments.claim(key(1)));
		assertThat(small.claim(Payments.claim(key(1)))).isNull();
	}

	@Test
	void whenExpiredThenItsPlaceIsFree() {
		InMemoryPaymentStore small = Payments.store(1);
		small.claim(Payments.claim(key(1), Instant.now().minusSeconds(1)));
		assertThat(small.find(key(1))).isNull();
		assertThat(small.claim(Payments.claim(key(2)))).isNotNull();
	}

	@Test
	void whenAdvancedThenTheTimeOfExpiryStays() {
		Claim claim = this.store.claim(Payments.claim(key(1), Instant.now().plusMillis(300)));
		assertThat(claim).isNotNull();
		this.store.advance(claim, ClaimChange.verified());
		await().atMost(Duration.ofSeconds(5)).until(() -> this.store.find(key(1)) == null);
	}

	@Test
	void whenATransactionSettledAClaimThenItSettlesNoOther() {
		Claim first = this.store.advance(settling(1), Payments.settled(Payments.receipt()));
		assertThat(first.receipt()).isEqualTo(Payments.receipt());
		Claim second = settling(2);
		assertThatExceptionOfType(DuplicateTransactionException.class)
			.isThrownBy(() -> this.store.advance(second, Payments.settled(Payments.receipt())));
		assertThat(this.store.find(key(2))).isEqualTo(second);
	}

	@Test
	void whenAnotherNetworkHasTheSameTransactionThenItSettles() {
		this.store.advance(settling(1), Payments.settled(Payments.receipt()));
		AuthorizationKey key = new AuthorizationKey("eip155:8453", "asset", "payer", "nonce");
		Claim other = this.store.advance(this.store.claim(Payments.claim(key)), ClaimChange.settlingAgain());
		assertThat(this.store.advance(other, Payments.settled(Payments.receipt())).state())
			.isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenDeclinedThenTheTransactionStaysFree() {
		SettlementResponse failure = new SettlementResponse(false, "reverted", null, null, Payments.TRANSACTION,
				Payments.NETWORK, null, null, null);
		this.store.advance(settling(1), ClaimChange.declined("reverted", failure));
		assertThat(this.store.advance(settling(2), Payments.settled(Payments.receipt()))).isNotNull();
	}

	@Test
	void whenSettledThenTheClaimIsPackedAndReadsAsBefore() {
		Claim settling = settling(1);
		long before = this.store.memory();
		Claim settled = this.store.advance(settling,
				ClaimChange.settled(Payments.receipt(), Duration.ofMinutes(5), false));
		assertThat(this.store.memory()).isLessThan(before / 2);
		assertThat(this.store.find(key(1))).isEqualTo(settled);
	}

	@Test
	void whenAPackedClaimRunsAgainThenItGoesOnWhereItWas() {
		Claim settled = this.store.advance(settling(1),
				ClaimChange.settled(Payments.receipt(), Duration.ofMinutes(5), false));
		Claim rerunning = this.store.advance(settled, ClaimChange.rerunning());
		assertThat(rerunning.attempts()).isOne();
		assertThat(this.store.find(key(1))).isEqualTo(rerunning);
		Claim answered = this.store.advance(rerunning, ClaimChange.answered(ResponseRecord.stored(new byte[] { 1 })));
		assertThat(this.store.find(key(1))).isEqualTo(answered);
		assertThat(this.store.response(answered)).isEqualTo(ResponseRecord.stored(new byte[] { 1 }));
		assertThatExceptionOfType(StaleClaimException.class)
			.isThrownBy(() -> this.store.advance(settled, ClaimChange.rerunning()));
	}

	@Test
	void whenClaimsAreGivenBackOrRefusedThenTheirMemoryIsFree() {
		this.store.release(claim(1), "test");
		this.store.advance(claim(2), ClaimChange.rejected());
		this.store.advance(this.store.advance(claim(3), ClaimChange.verified()), ClaimChange.exhausted("test"));
		assertThat(this.store.memory()).isZero();
		assertThat(this.store.find(key(2))).extracting(Claim::state).isEqualTo(ClaimState.DECLINED);
		assertThat(this.store.find(key(3))).extracting(Claim::state).isEqualTo(ClaimState.EXHAUSTED);
	}

	@Test
	void whenClaimsExpireThenTheirMemoryIsFree() {
		InMemoryPaymentStore store = Payments.store();
		for (int i = 0; i < 2; i++) {
			Claim claim = store.claim(Payments.claim(key(i), Instant.now().plusMillis(300)));
			if (i == 0) {
				store.advance(store.advance(claim, ClaimChange.settlingAgain()), Payments.settled(Payments.receipt()));
			}
		}
		await().atMost(Duration.ofSeconds(5)).until(() -> {
			store.cleanUp();
			return store.memory() == 0;
		});
	}

	@Test
	void whenItIsFullByMemoryThenSettledClaimsTakeLessOfIt() {
		Capacity capacity = Capacity.ofBytes(0);
		InMemoryPaymentStore unpaid = store(capacity);
		InMemoryPaymentStore paid = store(capacity);
		int claims = fill(unpaid, false);
		assertThat(claims).isBetween(9_000, 10_000);
		assertThat(fill(paid, true)).isGreaterThan(claims * 5 / 2);
		assertThat(paid.find(payer(1))).isNotNull();
	}

	private static AuthorizationKey payer(int number) {
		return new AuthorizationKey(Payments.NETWORK, Payments.ASSET, "payer" + number, "1");
	}

	private static InMemoryPaymentStore store(Capacity capacity) {
		return new InMemoryPaymentStore(capacity, 1000, new InMemoryPaymentLedger(1, Clock.systemUTC()),
				Duration.ofSeconds(30), Clock.systemUTC());
	}

	private static int fill(InMemoryPaymentStore store, boolean paid) {
		for (int i = 1;; i++) {
			try {
				Claim claimed = store.claim(Payments.claim(payer(i)));
				if (paid) {
					store.advance(store.advance(claimed, ClaimChange.settlingAgain()), Payments
						.settled(SettlementResponse.success(Payments.nonce(i), Payments.NETWORK, Payments.PAYER)));
				}
			}
			catch (PaymentStoreException ex) {
				assertThat(ex).hasMessage("The in-memory store is full: x402.store.max-memory is 16MB");
				return i - 1;
			}
		}
	}

	private Claim settling(int number) {
		return this.store.advance(claim(number), ClaimChange.settlingAgain());
	}

	private Claim claim(int number) {
		return this.store.claim(Payments.claim(key(number)));
	}

	private static AuthorizationKey key(int number) {
		return new AuthorizationKey(Payments.NETWORK, Payments.ASSET, Payments.PAYER, Payments.nonce(number));
	}

}
