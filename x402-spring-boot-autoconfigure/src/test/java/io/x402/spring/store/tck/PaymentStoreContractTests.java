/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.tck;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.ClaimStep;
import io.x402.spring.store.DuplicateTransactionException;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.LedgerTotal;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.NewPass;
import io.x402.spring.store.PayerTotal;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.Sale;
import io.x402.spring.store.StaleClaimException;
import io.x402.spring.store.UnsettledClaim;
import io.x402.spring.store.UnsettledSale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The contract of {@link PaymentStore}. Extend it and return stores of your own.
 */
public abstract class PaymentStoreContractTests {

	private static final Duration LONG_LEASE = Duration.ofMinutes(1);

	private static final Duration SHORT_LEASE = Duration.ofMillis(200);

	private static final int THREADS = 32;

	private static final String NETWORK = "eip155:84532";

	private static final String FINGERPRINT = "a".repeat(64);

	private static final String PAYLOAD = "c".repeat(64);

	private static final String PAYER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

	private static final byte[] REQUEST = "What is asked".getBytes(StandardCharsets.UTF_8);

	private static final byte[] ANSWER = { 0, 1, (byte) 0x80, (byte) 0xff, '\'', '%', 's' };

	private static final Duration LATER = Duration.ofMinutes(5);

	private final Instant expiresAt = Instant.ofEpochMilli(Instant.now().plusSeconds(600).toEpochMilli());

	/**
	 * Create a store as an instance of an application would.
	 * @param lease how long a claim outlives an instance that does not renew it
	 * @return a store that shares its claims with all that were created in this test
	 */
	protected abstract PaymentStore createStore(Duration lease);

	/**
	 * Create the books that those stores write.
	 * @return books that share their entries with all that were created in this test
	 */
	protected abstract PaymentLedger createLedger();

	/**
	 * Return whether several instances share the claims. Otherwise nothing is tested that
	 * needs two.
	 * @return {@code true} unless overridden
	 */
	protected boolean isShared() {
		return true;
	}

	/**
	 * Let time pass for the stores. Override it if their clock can be set.
	 * @param time how long
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	protected void elapse(Duration time) throws InterruptedException {
		Thread.sleep(time.toMillis());
	}

	@Test
	void whenClaimedThenIsFoundAsItWasClaimed() {
		PaymentStore store = createStore(LONG_LEASE);
		AuthorizationKey key = key();
		Claim claim = claim(store, key);
		assertThat(claim).returns(key, Claim::key)
			.returns(FINGERPRINT, Claim::fingerprint)
			.returns(ClaimState.CLAIMED, Claim::state)
			.returns(this.expiresAt, Claim::expiresAt)
			.returns(null, Claim::receipt);
		assertThat(store.find(key)).isEqualTo(claim);
	}

	@Test
	void whenNothingIsClaimedThenNothingIsFound() {
		assertThat(createStore(LONG_LEASE).find(key())).isNull();
	}

	@Test
	void whenClaimedThenIsNotClaimedAgain() {
		PaymentStore store = createStore(LONG_LEASE);
		AuthorizationKey key = key();
		Claim claim = claim(store, key);
		assertThat(store.claim(request(key))).isNull();
		assertThat(store.claim(request(key, "b".repeat(64)))).isNull();
		assertThat(store.find(key)).isEqualTo(claim);
	}

	@Test
	void whenKeysDifferInOnePartThenTheyAreDifferentClaims() {
		PaymentStore store = createStore(LONG_LEASE);
		String nonce = nonce();
		List<AuthorizationKey> keys = List.of(new AuthorizationKey(NETWORK, "asset", "payer", nonce),
				new AuthorizationKey(NETWORK, "asse", "tpayer", nonce),
				new AuthorizationKey(NETWORK, "asset", "payer", nonce + "0"),
				new AuthorizationKey(NETWORK, "asset", "PAYER", nonce),
				new AuthorizationKey("eip155:8453", "asset", "payer", nonce),
				new AuthorizationKey(NETWORK, "asset", "", nonce));
		assertThat(keys).allSatisfy((key) -> assertThat(store.claim(request(key))).isNotNull());
	}

	@RepeatedTest(5)
	void whenClaimedByManyAtOnceThenOneWins() {
		List<PaymentStore> stores = stores(LONG_LEASE);
		AuthorizationKey key = key();
		List<Claim> claims = atOnce(stores, (store) -> store.claim(request(key)));
		assertThat(claims).hasSize(1);
		assertThat(stores).allSatisfy((store) -> assertThat(store.find(key)).isEqualTo(claims.get(0)));
	}

	@Test
	void whenClaimedAndReleasedByManyAtOnceThenNeverTwoOwnIt() {
		AuthorizationKey key = key();
		List<Claim> claims = atOnce(stores(LONG_LEASE), (store) -> {
			Claim last = null;
			for (int i = 0; i < 5; i++) {
				Claim claim = store.claim(request(key));
				if (claim != null) {
					store.release(store.advance(claim, ClaimChange.verified()), "test");
					last = claim;
				}
			}
			return last;
		});
		assertThat(claims).isNotEmpty();
		assertThat(createStore(LONG_LEASE).find(key)).isNull();
	}

	@Test
	void whenAdvancedThenEveryInstanceSeesIt() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = claim(store, key());
		for (ClaimChange change : List.of(ClaimChange.verified(),
				ClaimChange.settling(REQUEST, ResponseRecord.stored(ANSWER)),
				ClaimChange.executed("facilitator_unavailable"), ClaimChange.settlingAgain(),
				ClaimChange.pending(null, LATER), ClaimChange.stillPending(LATER), ClaimChange.unresolved(LATER),
				settled(receipt(transaction())), ClaimChange.rerunning(),
				ClaimChange.answered(ResponseRecord.none()))) {
			claim = store.advance(claim, change);
			assertThat(claim).returns(change.next(), Claim::state).returns(change.active(), Claim::active);
			assertThat(createStore(LONG_LEASE).find(claim.key())).isEqualTo(claim);
		}
	}

	@Test
	void whenClaimChangedMeanwhileThenIsNotAdvanced() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = claim(store, key());
		Claim verified = store.advance(claim, ClaimChange.verified());
		assertThatExceptionOfType(StaleClaimException.class)
			.isThrownBy(() -> store.advance(claim, ClaimChange.settling(REQUEST, ResponseRecord.stored(ANSWER))));
		assertThatExceptionOfType(StaleClaimException.class)
			.isThrownBy(() -> store.advance(claim, ClaimChange.verified()));
		assertThat(store.find(claim.key())).isEqualTo(verified);
	}

	@Test
	void whenAdvancedByManyAtOnceThenOneWins() {
		List<PaymentStore> stores = stores(LONG_LEASE);
		Claim claim = claim(stores.get(0), key());
		List<Claim> advanced = atOnce(stores, (store) -> {
			try {
				return store.advance(claim, ClaimChange.settling(REQUEST, ResponseRecord.stored(ANSWER)));
			}
			catch (PaymentStoreException ex) {
				return null;
			}
		});
		assertThat(advanced).hasSize(1);
	}

	@Test
	void whenReleasedThenIsFree() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = claim(store, key());
		store.release(claim, "test");
		assertThat(store.find(claim.key())).isNull();
		assertThat(claim(store, claim.key())).isNotEqualTo(claim);
	}

	@Test
	void whenClaimChangedMeanwhileThenIsNotReleased() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = claim(store, key());
		Claim settling = store.advance(claim, ClaimChange.settling(REQUEST, ResponseRecord.stored(ANSWER)));
		store.release(claim, "test");
		assertThat(store.find(claim.key())).isEqualTo(settling);
	}

	@Test
	void whenReleasedAndClaimedAgainThenTheFirstOwnerCanDoNothing() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim first = claim(store, key());
		store.release(first, "test");
		Claim second = claim(store, first.key());
		assertThatExceptionOfType(StaleClaimException.class)
			.isThrownBy(() -> store.advance(first, ClaimChange.settling(REQUEST, ResponseRecord.stored(ANSWER))));
		store.release(first, "test");
		assertThat(store.find(first.key())).isEqualTo(second);
	}

	@Test
	void whenTransactionSettledAnotherClaimThenIsRefused() {
		PaymentStore store = createStore(LONG_LEASE);
		SettlementResponse receipt = receipt(transaction());
		Claim settled = store.advance(settling(store), settled(receipt));
		Claim other = settling(store);
		assertThatExceptionOfType(DuplicateTransactionException.class)
			.isThrownBy(() -> store.advance(other, settled(receipt)));
		assertThat(store.find(other.key())).isEqualTo(other);
		assertThat(store.find(settled.key())).isEqualTo(settled);
		assertThat(store.advance(other, ClaimChange.pending(null, LATER))).isEqualTo(store.find(other.key()));
	}

	@Test
	void whenTwoTransfersOfOneTransactionAreProvedThenBothSettle() {
		PaymentStore store = createStore(LONG_LEASE);
		SettlementResponse receipt = receipt(transaction());
		Claim first = store.advance(settling(store), settled(receipt).backedBy(1));
		Claim second = store.advance(settling(store), settled(receipt).backedBy(4));
		assertThat(store.find(first.key())).isEqualTo(first);
		assertThat(store.find(second.key())).isEqualTo(second);
	}

	@Test
	void whenATransferIsProvedForTwoClaimsThenOneIsRefused() {
		PaymentStore store = createStore(LONG_LEASE);
		SettlementResponse receipt = receipt(transaction());
		store.advance(settling(store), settled(receipt).backedBy(1));
		Claim other = settling(store);
		assertThatExceptionOfType(DuplicateTransactionException.class)
			.isThrownBy(() -> store.advance(other, settled(receipt).backedBy(1)));
		assertThat(store.find(other.key())).isEqualTo(other);
	}

	@Test
	void whenATransactionHasProvedTransfersThenItsNameSettlesNothing() {
		PaymentStore store = createStore(LONG_LEASE);
		SettlementResponse receipt = receipt(transaction());
		store.advance(settling(store), settled(receipt).backedBy(1));
		Claim other = settling(store);
		assertThatExceptionOfType(DuplicateTransactionException.class)
			.isThrownBy(() -> store.advance(other, settled(receipt)));
		assertThat(store.find(other.key())).isEqualTo(other);
		assertThat(store.advance(settling(store), settled(receipt(transaction()))).state())
			.isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenATransactionSettledAClaimByItsNameThenAProvedTransferSettlesAnother() {
		PaymentStore store = createStore(LONG_LEASE);
		SettlementResponse receipt = receipt(transaction());
		store.advance(settling(store), settled(receipt));
		assertThat(store.advance(settling(store), settled(receipt).backedBy(4)).state()).isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenTransactionIsOfAnotherNetworkThenIsAnotherTransaction() {
		PaymentStore store = createStore(LONG_LEASE);
		SettlementResponse receipt = receipt(transaction());
		store.advance(settling(store), settled(receipt));
		Claim claim = settling(store, claim(store, new AuthorizationKey("eip155:8453", "asset", "payer", nonce())));
		assertThat(store.advance(claim, settled(receipt)).state()).isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenTransactionsDifferInLetterCaseThenTheyAreDifferent() {
		PaymentStore store = createStore(LONG_LEASE);
		store.advance(settling(store), settled(receipt("5Kq" + nonce())));
		String transaction = nonce();
		store.advance(settling(store), settled(receipt("5kq" + transaction)));
		assertThat(store.advance(settling(store), settled(receipt("5KQ" + transaction))).state())
			.isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenManySettleWithOneTransactionAtOnceThenOneWins() {
		SettlementResponse receipt = receipt(transaction());
		List<Claim> settled = atOnce(stores(LONG_LEASE), (store) -> {
			Claim claim = settling(store);
			try {
				return store.advance(claim, settled(receipt));
			}
			catch (DuplicateTransactionException ex) {
				return null;
			}
		});
		assertThat(settled).hasSize(1);
	}

	@Test
	void whenDeclinedWithTheSameTransactionThenNothingIsUnique() {
		PaymentStore store = createStore(LONG_LEASE);
		SettlementResponse failure = new SettlementResponse(false, "reverted", null, "payer", "", NETWORK, null, null,
				null);
		Claim first = store.advance(settling(store), ClaimChange.declined("settlement_declined", failure));
		Claim second = store.advance(settling(store), ClaimChange.declined("settlement_declined", failure));
		assertThat(store.find(first.key())).isEqualTo(first);
		assertThat(store.find(second.key())).isEqualTo(second);
	}

	@Test
	void whenSettledThenTheReceiptIsKeptToTheLetter() {
		PaymentStore store = createStore(LONG_LEASE);
		SettlementResponse receipt = new SettlementResponse(true, null, null, "0xPayer", transaction(), NETWORK,
				"340282366920938463463374607431768211455", Map.of("note", "Grüße, 支払い, 🪙, \t, \\, \", '\n%s :id"),
				Map.of("list", List.of(1, "two", Map.of("three", true)), "large",
						Collections.nCopies(10, "é".repeat(4_000))));
		Claim settled = store.advance(settling(store), settled(receipt));
		assertThat(settled.receipt()).isEqualTo(receipt);
		assertThat(createStore(LONG_LEASE).find(settled.key())).isEqualTo(settled);
	}

	@Test
	void whenExpiredThenIsForgotten() throws InterruptedException {
		PaymentStore store = createStore(LONG_LEASE);
		AuthorizationKey key = key();
		Claim claim = store.claim(request(key, FINGERPRINT, Instant.now().plusMillis(800)));
		assertThat(claim).isNotNull();
		store.advance(store.advance(claim, ClaimChange.settling(REQUEST, ResponseRecord.none())),
				settled(receipt(transaction())));
		assertThat(store.claim(request(key))).isNull();
		elapse(Duration.ofMillis(1000));
		assertThat(store.find(key)).isNull();
		Claim next = claim(store, key);
		store.maintain();
		assertThat(store.find(key)).isEqualTo(next);
	}

	@ParameterizedTest
	@EnumSource(names = { "SETTLING", "PENDING" })
	void whenASettlementIsUnknownThenItsClaimOutlivesItsTime(ClaimState state) throws InterruptedException {
		PaymentStore store = createStore(SHORT_LEASE);
		Claim claim = Objects.requireNonNull(store.claim(request(key(), FINGERPRINT, Instant.now().plusMillis(800))));
		Claim unknown = store.advance(claim, ClaimChange.settling(REQUEST, ResponseRecord.stored(ANSWER)));
		if (state == ClaimState.PENDING) {
			unknown = store.advance(unknown, ClaimChange.pending(null, Duration.ZERO));
		}
		elapse(Duration.ofMillis(1000));
		store.maintain();
		assertThat(store.claim(request(claim.key()))).isNull();
		Claim taken = Objects.requireNonNull(store.takeUnsettled(sale(unknown), LATER)).claim();
		assertThat(taken.expiresAt()).isEqualTo(claim.expiresAt().plus(Claim.KEPT_IN_DOUBT));
		Claim settled = store.advance(taken, settled(receipt(transaction())));
		store.maintain();
		assertThat(createStore(SHORT_LEASE).find(claim.key())).isEqualTo(settled);
		assertThat(store.response(settled)).isEqualTo(ResponseRecord.stored(ANSWER));
	}

	@Test
	void whenASettlementIsNotUnknownAnyMoreThenItsClaimIsForgottenInTime() throws InterruptedException {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = Objects.requireNonNull(store.claim(request(key(), FINGERPRINT, Instant.now().plusMillis(800))));
		String transaction = transaction();
		Claim pending = store.advance(
				store.advance(claim, ClaimChange.settling(REQUEST, ResponseRecord.stored(ANSWER))),
				ClaimChange.pending(null, LATER));
		Claim settled = store.advance(pending, settled(receipt(transaction)).shortened(Claim.KEPT_IN_DOUBT));
		assertThat(settled.expiresAt()).isEqualTo(claim.expiresAt());
		elapse(Duration.ofMillis(1000));
		store.maintain();
		assertThat(store.find(claim.key())).isNull();
		assertThat(store.advance(settling(store), settled(receipt(transaction))).state()).isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenMaintainedThenOnlyExpiredClaimsAreForgotten() throws InterruptedException {
		PaymentStore store = createStore(LONG_LEASE);
		AuthorizationKey expired = key();
		store.claim(request(expired, FINGERPRINT, Instant.now().plusMillis(100)));
		Claim settled = store.advance(settling(store), settled(receipt(transaction())));
		elapse(Duration.ofMillis(200));
		store.maintain();
		assertThat(store.find(expired)).isNull();
		assertThat(store.find(settled.key())).isEqualTo(settled);
	}

	@ParameterizedTest
	@EnumSource(names = { "CLAIMED", "VERIFIED" })
	void whenOwnerDiesBeforeSettlementThenOneTakesOver(ClaimState state) throws InterruptedException {
		assumeTrue(isShared(), "Needs stores that share claims");
		PaymentStore dead = createStore(SHORT_LEASE);
		Claim lost = in(state, dead);
		assertThat(dead.lease()).isEqualTo(SHORT_LEASE);
		assertThat(Objects.requireNonNull(dead.find(lost.key())).holder()).isEqualTo(Claim.Holder.PRESENT);
		elapse(SHORT_LEASE.multipliedBy(2));
		assertThat(Objects.requireNonNull(dead.find(lost.key())).holder()).isEqualTo(Claim.Holder.LAPSED);
		List<Claim> claims = atOnce(stores(LONG_LEASE), (store) -> store.claim(request(lost.key(), "b".repeat(64))));
		assertThat(claims).hasSize(1);
		Claim taken = claims.get(0);
		assertThat(taken.fingerprint()).isEqualTo("b".repeat(64));
		assertThat(taken.state()).isEqualTo(ClaimState.CLAIMED);
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> dead.advance(lost, ClaimChange.settling(REQUEST, ResponseRecord.stored(ANSWER))));
		dead.release(lost, "test");
		dead.maintain();
		assertThat(dead.find(lost.key())).isEqualTo(taken);
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = { "CLAIMED", "VERIFIED" })
	void whenOwnerDiesAfterSettlementBeganThenNobodyTakesOver(ClaimState state) throws InterruptedException {
		assumeTrue(isShared(), "Needs stores that share claims");
		PaymentStore dead = createStore(SHORT_LEASE);
		Claim claim = in(state, dead);
		elapse(SHORT_LEASE.multipliedBy(2));
		PaymentStore store = createStore(LONG_LEASE);
		store.maintain();
		assertThat(store.claim(request(claim.key()))).isNull();
		ClaimState expected = (state == ClaimState.SETTLING) ? ClaimState.PENDING : state;
		assertThat(Objects.requireNonNull(store.find(claim.key())).state()).isEqualTo(expected);
	}

	@Test
	void whenOwnerThatSeemedDeadComesBackThenItRecordsWhatItKnows() throws InterruptedException {
		assumeTrue(isShared(), "Needs stores that share claims");
		PaymentStore slow = createStore(SHORT_LEASE);
		Claim settling = settling(slow);
		elapse(SHORT_LEASE.multipliedBy(2));
		PaymentStore store = createStore(LONG_LEASE);
		assertThat(Objects.requireNonNull(store.find(settling.key())).state()).isEqualTo(ClaimState.PENDING);
		Claim settled = slow.advance(settling, settled(receipt(transaction())));
		assertThat(store.find(settling.key())).isEqualTo(settled);
	}

	@Test
	void whenOwnerIsAliveThenNobodyTakesOver() throws InterruptedException {
		assumeTrue(isShared(), "Needs stores that share claims");
		Duration lease = Duration.ofSeconds(2);
		PaymentStore alive = createStore(lease);
		PaymentStore store = createStore(lease);
		Claim claimed = claim(alive, key());
		Claim verified = in(ClaimState.VERIFIED, alive);
		Claim settling = settling(alive);
		for (int i = 0; i < 15; i++) {
			assertThat(alive.renew(List.of(claimed, verified, settling))).isEmpty();
			elapse(Duration.ofMillis(200));
		}
		for (Claim claim : List.of(claimed, verified, settling)) {
			assertThat(store.claim(request(claim.key()))).isNull();
			assertThat(store.find(claim.key())).isEqualTo(claim);
		}
	}

	@Test
	void whenRenewedThenOnlyClaimsThatAreActiveAtThatVersionAre() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim active = in(ClaimState.VERIFIED, store);
		Claim old = claim(store, key());
		Claim next = store.advance(old, ClaimChange.verified());
		Claim released = claim(store, key());
		store.release(released, "test");
		Claim idle = in(ClaimState.SETTLED, store);
		Claim rerunning = store.advance(in(ClaimState.SETTLED, store), ClaimChange.rerunning());
		Claim bound = in(ClaimState.BOUND, store);
		assertThat(store.renew(List.of(active, old, released, idle, rerunning, bound))).containsExactlyInAnyOrder(old,
				released, idle, bound);
		assertThat(store.renew(List.of(next))).isEmpty();
		assertThat(store.renew(List.of())).isEmpty();
	}

	@Test
	void whenNotRenewedThenAClaimIsLostThoughItsInstanceIsAlive() throws InterruptedException {
		PaymentStore store = createStore(SHORT_LEASE);
		Claim lost = in(ClaimState.VERIFIED, store);
		Claim kept = in(ClaimState.VERIFIED, store);
		for (int i = 0; i < 8; i++) {
			elapse(SHORT_LEASE.dividedBy(4));
			store.renew(List.of(kept));
			store.maintain();
		}
		Claim taken = Objects.requireNonNull(store.claim(request(lost.key(), "b".repeat(64))));
		assertThat(store.claim(request(kept.key()))).isNull();
		assertThat(store.renew(List.of(lost, kept))).containsExactly(lost);
		assertThat(store.find(lost.key())).isEqualTo(taken);
	}

	@Test
	void whenManyAreRenewedThenItTakesLittleTime() {
		PaymentStore store = createStore(LONG_LEASE);
		List<Claim> claims = new ArrayList<>();
		for (int i = 0; i < 500; i++) {
			claims.add(claim(store, key()));
		}
		Instant begun = Instant.now();
		assertThat(store.renew(claims)).isEmpty();
		assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(2));
		claims.forEach((claim) -> store.release(claim, "test"));
	}

	@Test
	void whenDeclinedThenItIsForgottenWhenItsAuthorizationIsOver() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim settling = settling(store);
		Claim declined = store.advance(settling,
				ClaimChange.declined("no_money", SettlementResponse.failure("no_money", NETWORK, null))
					.shortened(Duration.ofSeconds(300)));
		assertThat(declined.expiresAt()).isEqualTo(this.expiresAt.minusSeconds(300));
		assertThat(createStore(LONG_LEASE).find(declined.key())).isEqualTo(declined);
		assertThat(store.claim(request(declined.key()))).isNull();
	}

	@Test
	void whenNothingWasVerifiedThenTheLedgerTellsNothing() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = claim(store, key());
		assertThat(entries(claim)).isEmpty();
		store.release(claim, "invalid");
		assertThat(entries(claim)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void whenAStepIsNotDefinedForAStateThenTheStoreRefusesIt(ClaimState state) {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = in(state, store);
		for (ClaimChange change : List.of(ClaimChange.verified(),
				ClaimChange.settling(REQUEST, ResponseRecord.stored(ANSWER)), ClaimChange.executed("test"),
				settled(receipt(transaction())),
				ClaimChange.declined("test", SettlementResponse.failure("no_money", NETWORK, null)),
				ClaimChange.pending(null, LATER), ClaimChange.rerunning(), ClaimChange.answered(ResponseRecord.none()),
				ClaimChange.abandoned("test"), ClaimChange.exhausted("test"), ClaimChange.retrying(),
				ClaimChange.notRetried(), ClaimChange.bound())) {
			if (!change.step().isDefinedFor(claim)) {
				assertThatIllegalStateException().isThrownBy(() -> store.advance(claim, change));
			}
		}
		if (!ClaimStep.RELEASE.isDefinedFor(claim)) {
			assertThatIllegalStateException().isThrownBy(() -> store.release(claim, "test"));
		}
		assertThat(store.find(claim.key())).isEqualTo(claim);
	}

	@Test
	void whenAbandonedThenStaysBoundAndItsRunsAreCounted() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim abandoned = in(ClaimState.ABANDONED, store);
		assertThat(abandoned).returns(1, Claim::runs).returns(false, Claim::active);
		assertThat(createStore(LONG_LEASE).find(abandoned.key())).isEqualTo(abandoned);
		assertThat(store.claim(request(abandoned.key(), "b".repeat(64)))).isNull();
		Claim retried = store.advance(abandoned, ClaimChange.retrying());
		assertThat(retried).returns(1, Claim::runs)
			.returns(ClaimState.CLAIMED, Claim::state)
			.returns(true, Claim::active);
		assertThatExceptionOfType(StaleClaimException.class)
			.isThrownBy(() -> store.advance(abandoned, ClaimChange.retrying()));
		Claim again = store.advance(store.advance(retried, ClaimChange.verified()), ClaimChange.abandoned("failed"));
		assertThat(again.runs()).isEqualTo(2);
		Claim notRun = store.advance(store.advance(again, ClaimChange.retrying()), ClaimChange.notRetried());
		assertThat(notRun.runs()).isEqualTo(2);
		assertThat(createStore(LONG_LEASE).find(abandoned.key())).isEqualTo(notRun);
		assertThat(entries(abandoned)).extracting(LedgerEntry::event)
			.filteredOn((event) -> event == LedgerEvent.ABANDONED)
			.hasSize(2);
	}

	@Test
	void whenOwnerDiesInARepetitionOfAnAbandonedRequestThenItIsAbandonedAndNotFree() throws InterruptedException {
		assumeTrue(isShared(), "Needs stores that share claims");
		PaymentStore dead = createStore(SHORT_LEASE);
		Claim retried = dead.advance(in(ClaimState.ABANDONED, dead), ClaimChange.retrying());
		elapse(SHORT_LEASE.multipliedBy(2));
		PaymentStore store = createStore(LONG_LEASE);
		assertThat(store.claim(request(retried.key(), "b".repeat(64)))).isNull();
		Claim found = Objects.requireNonNull(store.find(retried.key()));
		assertThat(found).isEqualTo(retried.lapsed()).returns(ClaimState.ABANDONED, Claim::state);
		assertThat(store.advance(found, ClaimChange.retrying()).runs()).isEqualTo(1);
		assertThatExceptionOfType(StaleClaimException.class)
			.isThrownBy(() -> dead.advance(retried, ClaimChange.verified()));
	}

	@Test
	void whenAbandonedThenNothingIsKeptToSettleOrDeliver() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim abandoned = store.advance(settling(store), ClaimChange.abandoned("failed"));
		assertThat(store.response(abandoned)).isEqualTo(ResponseRecord.none());
		assertThat(takeAll(store)).noneMatch((unsettled) -> unsettled.claim().key().equals(abandoned.key()));
	}

	@Test
	void whenSettledThenItsAnswerIsKept() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim settling = settling(store);
		assertThat(store.response(settling)).isEqualTo(ResponseRecord.stored(ANSWER));
		Claim settled = store.advance(settling, settled(receipt(transaction())));
		assertThat(settled.deliverable()).isTrue();
		assertThat(createStore(LONG_LEASE).response(settled)).isEqualTo(ResponseRecord.stored(ANSWER));
		assertThat(createStore(LONG_LEASE).find(settled.key())).isEqualTo(settled);
	}

	@Test
	void whenNothingWasAnsweredThenThereIsNoAnswer() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim settling = store.advance(claim(store, key()), ClaimChange.settling(REQUEST, ResponseRecord.none()));
		Claim settled = store.advance(settling, ClaimChange.settled(receipt(transaction()), LATER, true));
		assertThat(settled.active()).isTrue();
		assertThat(store.response(settled)).isEqualTo(ResponseRecord.none());
		Claim answered = store.advance(settled, ClaimChange.answered(ResponseRecord.stored(ANSWER)));
		assertThat(answered).returns(false, Claim::active).returns(settled.receipt(), Claim::receipt);
		assertThat(store.response(answered)).isEqualTo(ResponseRecord.stored(ANSWER));
	}

	@Test
	void whenAnAnswerWasReleasedButNotKeptThenItIsEmpty() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim settling = store.advance(claim(store, key()), ClaimChange.settling(REQUEST, ResponseRecord.notStored()));
		Claim settled = store.advance(settling, settled(receipt(transaction())));
		assertThat(store.response(settled)).isEqualTo(ResponseRecord.notStored());
		Claim answered = store.advance(settled, ClaimChange.answered(ResponseRecord.stored(ANSWER)));
		assertThat(store.response(store.advance(answered, ClaimChange.answered(ResponseRecord.notStored()))))
			.isEqualTo(ResponseRecord.notStored());
	}

	@Test
	void whenAnAnswerWasMadeForCertainRequestsThenItIsKnownForWhich() {
		PaymentStore store = createStore(LONG_LEASE);
		ResponseRecord conditional = ResponseRecord.notStored(new byte[] { 1, 0, 2 });
		Claim settled = store.advance(settling(store), settled(receipt(transaction())));
		Claim answered = store.advance(settled, ClaimChange.answered(conditional));
		assertThat(store.response(answered)).isEqualTo(conditional);
		assertThat(createStore(LONG_LEASE).response(answered)).isEqualTo(conditional);
		assertThat(store.response(store.advance(answered, ClaimChange.answered(ResponseRecord.notStored()))))
			.isEqualTo(ResponseRecord.notStored());
	}

	@Test
	void whenRunAgainThenItIsCounted() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim settled = store.advance(settling(store), settled(receipt(transaction())));
		assertThat(settled.attempts()).isZero();
		Claim rerunning = store.advance(settled, ClaimChange.rerunning());
		assertThat(rerunning).returns(1, Claim::attempts)
			.returns(true, Claim::active)
			.returns(true, Claim::deliverable);
		assertThatExceptionOfType(StaleClaimException.class)
			.isThrownBy(() -> store.advance(settled, ClaimChange.rerunning()));
		assertThat(store.find(settled.key())).isEqualTo(rerunning);
	}

	@Test
	void whenTheTimeOfRedeliveryIsOverThenNothingCanBeDelivered() throws InterruptedException {
		PaymentStore store = createStore(LONG_LEASE);
		Claim settled = store.advance(settling(store),
				ClaimChange.settled(receipt(transaction()), Duration.ofMillis(300), false));
		elapse(Duration.ofMillis(600));
		store.maintain();
		assertThat(Objects.requireNonNull(store.find(settled.key()))).returns(false, Claim::deliverable)
			.returns(ClaimState.SETTLED, Claim::state)
			.returns(settled.receipt(), Claim::receipt);
		assertThat(store.response(settled)).isEqualTo(ResponseRecord.none());
	}

	@RepeatedTest(20)
	void whateverStepsAreTakenThenTheStoreRecordsWhatTheyLeadTo() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = claim(store, key());
		ResponseRecord response = ResponseRecord.none();
		StringBuilder walk = new StringBuilder();
		for (int i = 0; i < 12; i++) {
			Claim before = claim;
			List<ClaimChange> possible = everyChange().stream()
				.filter((change) -> change.step().isDefinedFor(before))
				.toList();
			if (possible.isEmpty()) {
				return;
			}
			ClaimChange change = possible.get(ThreadLocalRandom.current().nextInt(possible.size()));
			walk.append(change).append(' ');
			claim = change.applyTo(before);
			if (change.response().isReleased() || change.forgetsResponse()) {
				response = change.response();
			}
			if (claim.state() == ClaimState.SETTLED && !claim.deliverable()) {
				response = ResponseRecord.none();
			}
			assertThat(store.advance(before, change)).as(walk.toString()).isEqualTo(claim);
			assertThat(store.find(claim.key())).as(walk.toString()).isEqualTo(claim);
			assertThat(store.response(claim)).as(walk.toString()).isEqualTo(response);
		}
	}

	private static List<ClaimChange> everyChange() {
		SettlementResponse receipt = receipt(transaction());
		ResponseRecord stored = ResponseRecord.stored(ANSWER);
		return List.of(ClaimChange.verified(), ClaimChange.settling(REQUEST, ResponseRecord.none()),
				ClaimChange.settling(REQUEST, ResponseRecord.notStored()), ClaimChange.settling(REQUEST, stored),
				ClaimChange.settlingAgain(), ClaimChange.executed("facilitator_unavailable"), settled(receipt),
				ClaimChange.settled(receipt, null, false), ClaimChange.settled(receipt, LATER, true),
				ClaimChange.settled(receipt, LATER, true).late(),
				ClaimChange.declined("reverted", SettlementResponse.failure("reverted", NETWORK, null)),
				ClaimChange.pending(null, LATER), ClaimChange.stillPending(LATER), ClaimChange.unresolved(LATER),
				ClaimChange.rerunning(), ClaimChange.answered(ResponseRecord.none()),
				ClaimChange.answered(ResponseRecord.notStored()), ClaimChange.answered(stored),
				ClaimChange.abandoned("failed"), ClaimChange.exhausted("failed").shortened(Duration.ofSeconds(1)),
				ClaimChange.retrying(), ClaimChange.notRetried());
	}

	@Test
	void whenDeclinedThenItsAnswerIsForgotten() {
		PaymentStore store = createStore(LONG_LEASE);
		SettlementResponse failure = SettlementResponse.failure("no_money", NETWORK, null);
		Claim declined = store.advance(settling(store), ClaimChange.declined("insufficient_funds", failure));
		assertThat(store.response(declined)).isEqualTo(ResponseRecord.none());
	}

	@Test
	void whenReleasedAndClaimedAgainThenNothingIsLeftOfTheFirst() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim first = settling(store);
		store.release(first, "test");
		Claim second = claim(store, first.key());
		assertThat(store.response(second)).isEqualTo(ResponseRecord.none());
		assertThat(store.response(first)).isEqualTo(ResponseRecord.none());
	}

	@Test
	void whenUnknownThenIsTakenWhenItIsDue() throws InterruptedException {
		PaymentStore store = createStore(LONG_LEASE);
		Claim now = store.advance(settling(store), ClaimChange.pending(null, Duration.ZERO));
		Claim later = store.advance(settling(store), ClaimChange.pending(null, LATER));
		Claim unresolved = store.advance(settling(store), ClaimChange.unresolved(LATER));
		elapse(Duration.ofMillis(20));
		List<UnsettledClaim> taken = takeAll(store);
		assertThat(taken).extracting((unsettled) -> unsettled.claim().key())
			.contains(now.key())
			.doesNotContain(later.key(), unresolved.key());
		UnsettledClaim unsettled = of(now, taken);
		assertThat(unsettled.request()).isEqualTo(REQUEST);
		assertThat(unsettled.claim()).returns(1, Claim::attempts)
			.returns(ClaimState.PENDING, Claim::state)
			.returns(now.sale(), Claim::sale)
			.isEqualTo(store.find(now.key()));
		assertThatExceptionOfType(StaleClaimException.class)
			.isThrownBy(() -> store.advance(now, settled(receipt(transaction()))));
		Claim settled = store.advance(unsettled.claim(), settled(receipt(transaction())));
		assertThat(store.response(settled)).isEqualTo(ResponseRecord.stored(ANSWER));
		assertThat(settled.attempts()).isZero();
	}

	@Test
	void whenTakenThenNobodyElseGetsItForAWhile() throws InterruptedException {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = store.advance(settling(store), ClaimChange.pending(null, Duration.ZERO));
		elapse(Duration.ofMillis(20));
		Claim held = of(claim, store.takeUnsettled(1000, Duration.ofMillis(500))).claim();
		assertThat(takeAll(store)).noneMatch((unsettled) -> unsettled.claim().key().equals(claim.key()));
		elapse(Duration.ofMillis(700));
		assertThat(of(claim, takeAll(store)).claim().attempts()).isEqualTo(2);
		assertThatExceptionOfType(StaleClaimException.class)
			.isThrownBy(() -> store.advance(held, ClaimChange.stillPending(LATER)));
	}

	@Test
	void whenTakenByItsSaleThenItIsTakenBeforeItIsDueAndNoOtherOneIs() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim other = store.advance(settling(store), ClaimChange.pending(null, LATER));
		Claim claim = store.advance(settling(store), ClaimChange.unresolved(LATER));
		UnsettledClaim taken = Objects.requireNonNull(store.takeUnsettled(sale(claim), LATER));
		assertThat(taken.request()).isEqualTo(REQUEST);
		assertThat(taken.claim()).isEqualTo(store.find(claim.key()))
			.returns(1, Claim::attempts)
			.returns(ClaimState.PENDING, Claim::state)
			.returns(false, Claim::active)
			.returns(claim.version() + 1, Claim::version);
		assertThat(store.find(other.key())).isEqualTo(other);
		assertThatExceptionOfType(StaleClaimException.class)
			.isThrownBy(() -> store.advance(claim, ClaimChange.stillPending(LATER)));
	}

	@Test
	void whenAnOutcomeIsUnknownThenItIsKnownWhenItIsAskedForNext() {
		PaymentStore store = createStore(LONG_LEASE);
		String sale = sale(store.advance(settling(store), ClaimChange.pending(null, LATER)));
		String other = sale(store.advance(settling(store), ClaimChange.pending(null, LATER)));
		String settled = sale(in(ClaimState.SETTLED, store));
		Map<String, Instant> looks = store.nextLooks(List.of(sale, settled, "no sale"));
		assertThat(looks).containsOnlyKeys(sale);
		assertThat(store.takeUnsettled(sale, LATER.multipliedBy(3))).isNotNull();
		Map<String, Instant> later = store.nextLooks(Set.of(other, sale));
		assertThat(later).containsOnlyKeys(sale, other);
		assertThat(Duration.between(looks.get(sale), later.get(sale))).isBetween(LATER, LATER.multipliedBy(3));
		assertThat(store.nextLooks(List.of())).isEmpty();
	}

	@Test
	void whenTakenByItsSaleThenNobodyElseGetsItForAWhile() throws InterruptedException {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = store.advance(settling(store), ClaimChange.pending(null, Duration.ZERO));
		elapse(Duration.ofMillis(20));
		assertThat(store.takeUnsettled(sale(claim), LATER)).isNotNull();
		assertThat(takeAll(store)).noneMatch((unsettled) -> unsettled.claim().key().equals(claim.key()));
	}

	@Test
	void whenOwnerDiesWhileSettlingThenIsTakenByItsSale() throws InterruptedException {
		assumeTrue(isShared(), "Needs stores that share claims");
		Claim settling = settling(createStore(SHORT_LEASE));
		elapse(SHORT_LEASE.multipliedBy(2));
		UnsettledClaim taken = Objects.requireNonNull(createStore(LONG_LEASE).takeUnsettled(sale(settling), LATER));
		assertThat(taken.claim().state()).isEqualTo(ClaimState.PENDING);
	}

	@ParameterizedTest
	@EnumSource(value = ClaimState.class, mode = EnumSource.Mode.EXCLUDE, names = "PENDING")
	void whenTheOutcomeIsNotUnknownThenItIsNotTakenByItsSale(ClaimState state) {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = in(state, store);
		assertThat(store.takeUnsettled(sale(claim), LATER)).isNull();
		assertThat(store.find(claim.key())).isEqualTo(claim);
		assertThat(store.takeUnsettled("no sale", LATER)).isNull();
	}

	@Test
	void whenAPersonDecidesThenTheLedgerHasTheNote() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim confirmed = store.advance(in(ClaimState.PENDING, store),
				ClaimChange.confirmed(receipt(transaction()), LATER, "alice: seen <on chain>"));
		assertThat(confirmed.state()).isEqualTo(ClaimState.SETTLED);
		assertThat(store.response(confirmed)).isEqualTo(ResponseRecord.stored(ANSWER));
		Claim dismissed = store.advance(in(ClaimState.PENDING, store), ClaimChange.dismissed("expired",
				SettlementResponse.failure("expired", NETWORK, null), "bob: Übertragung gibt es nicht"));
		assertThat(dismissed.state()).isEqualTo(ClaimState.DECLINED);
		assertThat(store.response(dismissed)).isEqualTo(ResponseRecord.none());
		assertThat(store.takeUnsettled(sale(dismissed), LATER)).isNull();
		PaymentLedger ledger = createLedger();
		assertThat(last(ledger, confirmed)).returns("alice: seen <on chain>", LedgerEntry::note)
			.returns(LedgerEvent.SETTLED, LedgerEntry::event);
		assertThat(last(ledger, dismissed)).returns("bob: Übertragung gibt es nicht", LedgerEntry::note)
			.returns(LedgerEvent.DECLINED, LedgerEntry::event)
			.returns("expired", LedgerEntry::reason);
		assertThat(ledger.find(new LedgerQuery(null, null, null, null, LedgerEvent.PENDING, sale(dismissed), null, 2)))
			.singleElement()
			.returns(null, LedgerEntry::note);
	}

	@Test
	void whenATransactionSettledAnotherSaleThenNoPersonCanConfirmThisOneWithIt() {
		PaymentStore store = createStore(LONG_LEASE);
		String transaction = transaction();
		store.advance(settling(store), settled(receipt(transaction)));
		Claim pending = in(ClaimState.PENDING, store);
		assertThatExceptionOfType(DuplicateTransactionException.class)
			.isThrownBy(() -> store.advance(pending, ClaimChange.confirmed(receipt(transaction), LATER, "note")));
		assertThat(store.find(pending.key())).isEqualTo(pending);
	}

	private static String sale(Claim claim) {
		return Objects.requireNonNull(claim.sale()).id();
	}

	private static LedgerEntry last(PaymentLedger ledger, Claim claim) {
		return ledger.latest(new LedgerQuery(null, null, null, null, null, sale(claim), null, 1)).get(0);
	}

	@RepeatedTest(3)
	void whenTakenByManyAtOnceThenEachIsTakenOnce() throws InterruptedException {
		List<PaymentStore> stores = stores(LONG_LEASE);
		List<AuthorizationKey> keys = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			keys.add(stores.get(0).advance(settling(stores.get(0)), ClaimChange.pending(null, Duration.ZERO)).key());
		}
		elapse(Duration.ofMillis(20));
		Queue<AuthorizationKey> taken = new ConcurrentLinkedQueue<>();
		atOnce(stores, (store) -> {
			store.takeUnsettled(3, LATER).forEach((unsettled) -> taken.add(unsettled.claim().key()));
			return null;
		});
		takeAll(stores.get(1)).forEach((unsettled) -> taken.add(unsettled.claim().key()));
		assertThat(taken).containsAll(keys).doesNotHaveDuplicates();
	}

	@Test
	void whenTheMostOverdueIsAskedForThenItIsTakenFirst() throws InterruptedException {
		PaymentStore store = createStore(LONG_LEASE);
		takeAll(store);
		Claim first = store.advance(settling(store), ClaimChange.pending(null, Duration.ZERO));
		elapse(Duration.ofMillis(20));
		store.advance(settling(store), ClaimChange.pending(null, Duration.ZERO));
		elapse(Duration.ofMillis(20));
		assertThat(store.takeUnsettled(1, LATER)).singleElement()
			.extracting((unsettled) -> unsettled.claim().key())
			.isEqualTo(first.key());
	}

	@Test
	void whenOwnerDiesWhileSettlingThenIsTaken() throws InterruptedException {
		assumeTrue(isShared(), "Needs stores that share claims");
		Claim settling = settling(createStore(SHORT_LEASE));
		elapse(SHORT_LEASE.multipliedBy(2));
		PaymentStore store = createStore(LONG_LEASE);
		UnsettledClaim taken = of(settling, takeAll(store));
		assertThat(taken.request()).isEqualTo(REQUEST);
		assertThat(taken.claim().state()).isEqualTo(ClaimState.PENDING);
	}

	@Test
	void whenOwnerIsAliveWhileSettlingThenIsNotTaken() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim settling = settling(store);
		assertThat(takeAll(createStore(LONG_LEASE)))
			.noneMatch((unsettled) -> unsettled.claim().key().equals(settling.key()));
	}

	@Test
	void whenOwnerDiesWhileTheHandlerOfASettledClaimRunsThenItIsNotActive() throws InterruptedException {
		assumeTrue(isShared(), "Needs stores that share claims");
		PaymentStore dead = createStore(SHORT_LEASE);
		Claim settled = dead.advance(settling(dead), ClaimChange.settled(receipt(transaction()), LATER, true));
		PaymentStore store = createStore(LONG_LEASE);
		elapse(SHORT_LEASE.multipliedBy(2));
		Claim found = Objects.requireNonNull(store.find(settled.key()));
		assertThat(found.active()).isFalse();
		assertThat(store.advance(found, ClaimChange.rerunning()).active()).isTrue();
	}

	@Test
	void whenAClaimIsNotAboutMoneyThenItIsNeitherTakenNorBooked() throws InterruptedException {
		PaymentStore store = createStore(SHORT_LEASE);
		AuthorizationKey key = new AuthorizationKey("payment-identifier", "route", "payer", nonce());
		Claim claim = Objects
			.requireNonNull(store.claim(new NewClaim(key, FINGERPRINT, PAYLOAD, this.expiresAt, null)));
		Claim bound = store.advance(claim, ClaimChange.bound());
		assertThat(bound.active()).isFalse();
		elapse(SHORT_LEASE.multipliedBy(2));
		assertThat(takeAll(store)).noneMatch((unsettled) -> unsettled.claim().key().equals(key));
		assertThat(store.find(key)).isNotNull();
		store.release(bound, "test");
		assertThat(store.find(key)).isNull();
	}

	@Test
	void whenTheLocaleHasDigitsOfItsOwnThenEntriesAreNumberedAsEverywhere() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = claim(store, key());
		Locale before = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("ar-u-nu-arab"));
		try {
			store.advance(claim, ClaimChange.verified());
			assertThat(entries(claim)).singleElement()
				.satisfies((entry) -> assertThat(entry.id()).containsPattern("^[0-9a-f-]+$"));
		}
		finally {
			Locale.setDefault(before);
		}
	}

	@Test
	void whenAClaimEndsThenTheBooksTellItsWholeStory() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = claim(store, key());
		store.advance(claim, ClaimChange.verified());
		Claim settling = store.advance(Objects.requireNonNull(store.find(claim.key())),
				ClaimChange.settling(REQUEST, ResponseRecord.stored(ANSWER)));
		Claim pending = store.advance(settling, ClaimChange.pending("0xmaybe", LATER));
		SettlementResponse receipt = receipt(transaction());
		Claim settled = store.advance(pending, settled(receipt));
		store.redelivered(settled);
		List<LedgerEntry> entries = entries(claim);
		assertThat(entries).extracting(LedgerEntry::event)
			.containsExactly(LedgerEvent.VERIFIED, LedgerEvent.PENDING, LedgerEvent.SETTLED, LedgerEvent.REDELIVERED);
		Sale purchase = Objects.requireNonNull(claim.sale());
		assertThat(entries).allSatisfy((entry) -> assertThat(entry).returns(purchase.id(), LedgerEntry::sale)
			.returns(purchase.route(), LedgerEntry::route)
			.returns(purchase.scheme(), LedgerEntry::scheme)
			.returns(purchase.amount(), LedgerEntry::amount)
			.returns(purchase.payTo(), LedgerEntry::payTo)
			.returns(purchase.payer(), LedgerEntry::payer)
			.returns(claim.key().network(), LedgerEntry::network)
			.returns(claim.key().asset(), LedgerEntry::asset));
		assertThat(entries.get(1).transaction()).isEqualTo("0xmaybe");
		assertThat(entries.get(2).transaction()).isEqualTo(receipt.transaction());
		assertThat(entries).extracting(LedgerEntry::id).isSorted().doesNotHaveDuplicates();
		assertThat(entries).extracting(LedgerEntry::time)
			.allSatisfy((time) -> assertThat(time).isBetween(Instant.now().minusSeconds(120),
					Instant.now().plusSeconds(120)));
	}

	@Test
	void whenAddedUpInPartsThenEachEntryIsCountedOnce() throws InterruptedException {
		PaymentStore store = createStore(LONG_LEASE);
		PaymentLedger ledger = createLedger();
		String route = "GET /" + nonce().substring(2, 20);
		for (int i = 0; i < 4; i++) {
			Claim claim = store.advance(
					Objects.requireNonNull(
							store.claim(new NewClaim(key(), FINGERPRINT, PAYLOAD, this.expiresAt, purchase(route)))),
					ClaimChange.verified());
			if (i % 2 == 0) {
				store.release(claim, "test");
			}
			elapse(Duration.ofMillis(5));
		}
		Instant first = ledger.find(new LedgerQuery(null, null, null, route, null, null, null, 1)).get(0).time();
		for (Instant from : List.of(first, first.plusMillis(3), first.minusSeconds(1))) {
			List<List<LedgerTotal>> parts = ledger.totals(from, Duration.ofMillis(4), 3);
			assertThat(parts).hasSize(3);
			for (int part = 0; part < 3; part++) {
				Instant start = from.plusMillis(4L * part);
				assertThat(parts.get(part)).filteredOn((total) -> total.route().equals(route))
					.containsExactlyInAnyOrderElementsOf(
							totals(ledger, start, (part < 2) ? start.plusMillis(4) : null, route));
			}
			assertThat(LedgerTotal.sum(parts.stream().flatMap(List::stream).toList()))
				.filteredOn((total) -> total.route().equals(route))
				.containsExactlyInAnyOrderElementsOf(totals(ledger, from, null, route));
		}
	}

	@Test
	void whenLessThanThePriceIsChargedThenTheBooksTellWhatWasCharged() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim settled = store.advance(settling(store), settled(charge(transaction(), "7")));
		assertThat(entries(settled)).extracting((entry) -> entry.amount().toString())
			.containsExactly(Objects.requireNonNull(settled.sale()).amount().toString(), "7");
	}

	@Test
	void whenNothingIsChargedThenThereIsNoTransactionThatCouldBeTheSame() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim first = store.advance(settling(store), settled(charge("", "0")));
		Claim second = store.advance(settling(store), settled(charge("", "0")));
		assertThat(store.find(first.key())).isEqualTo(first);
		assertThat(store.find(second.key())).isEqualTo(second);
		assertThat(entries(second).get(1)).returns(BigInteger.ZERO, LedgerEntry::amount)
			.returns(null, LedgerEntry::transaction);
	}

	private static SettlementResponse charge(String transaction, String amount) {
		return new SettlementResponse(true, null, null, null, transaction, NETWORK, amount, null, null);
	}

	@Test
	void whenAStepFailsThenTheBooksTellNothingOfIt() {
		PaymentStore store = createStore(LONG_LEASE);
		SettlementResponse receipt = receipt(transaction());
		store.advance(settling(store), settled(receipt));
		Claim other = settling(store);
		assertThatExceptionOfType(DuplicateTransactionException.class)
			.isThrownBy(() -> store.advance(other, settled(receipt)));
		Claim declined = store.advance(other,
				ClaimChange.declined("settlement_declined", SettlementResponse.failure("no", NETWORK, null)));
		assertThatExceptionOfType(StaleClaimException.class)
			.isThrownBy(() -> store.advance(other, settled(receipt(transaction()))));
		assertThat(entries(declined)).extracting(LedgerEntry::event)
			.containsExactly(LedgerEvent.VERIFIED, LedgerEvent.DECLINED);
		assertThat(entries(declined).get(1).reason()).isEqualTo("settlement_declined");
	}

	@Test
	void whenReleasedThenTheBooksTellWhy() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = store.advance(claim(store, key()), ClaimChange.verified());
		store.release(claim, "insufficient_funds");
		assertThat(entries(claim)).last()
			.returns(LedgerEvent.RELEASED, LedgerEntry::event)
			.returns("insufficient_funds", LedgerEntry::reason);
	}

	@Test
	void whenTheBooksAreSearchedThenOnlyWhatFitsIsFound() {
		PaymentStore store = createStore(LONG_LEASE);
		PaymentLedger ledger = createLedger();
		String route = "GET /" + nonce().substring(2, 20);
		List<Claim> claims = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			Sale purchase = purchase(route);
			Claim claim = Objects
				.requireNonNull(store.claim(new NewClaim(key(), FINGERPRINT, PAYLOAD, this.expiresAt, purchase)));
			claims.add(store.advance(claim, ClaimChange.verified()));
		}
		store.release(claims.get(0), "test");
		LedgerQuery query = new LedgerQuery(null, null, null, route, null, null, null, 4);
		List<LedgerEntry> first = ledger.find(query);
		assertThat(first).hasSize(4).allMatch((entry) -> entry.route().equals(route));
		List<LedgerEntry> second = ledger.find(query.after(first.get(3)));
		assertThat(second).hasSize(2);
		assertThat(ledger.find(query.after(second.get(1)))).isEmpty();
		assertThat(ledger.find(new LedgerQuery(null, null, null, route, LedgerEvent.RELEASED, null, null, 10)))
			.singleElement()
			.extracting(LedgerEntry::sale)
			.isEqualTo(Objects.requireNonNull(claims.get(0).sale()).id());
		Instant past = Instant.now().minusSeconds(3600);
		Instant future = Instant.now().plusSeconds(3600);
		assertThat(ledger.find(new LedgerQuery(past, future, PAYER.toUpperCase(Locale.ROOT).replace("0X", "0x"), route,
				null, null, null, 10)))
			.hasSize(6);
		assertThat(ledger.find(new LedgerQuery(future, null, null, route, null, null, null, 10))).isEmpty();
		assertThat(ledger.find(new LedgerQuery(null, past, null, route, null, null, null, 10))).isEmpty();
		assertThat(ledger.find(new LedgerQuery(null, null, "0xnobody", route, null, null, null, 10))).isEmpty();
	}

	@Test
	void whenTheBooksAreAddedUpThenSumsAreThoseOfTheirEntries() {
		String route = someSales();
		PaymentLedger ledger = createLedger();
		List<LedgerTotal> totals = totals(ledger, null, null, route);
		assertThat(totals).containsExactlyInAnyOrderElementsOf(totals(plain(ledger), null, null, route));
		BigInteger price = purchase(route).amount();
		assertThat(totals).filteredOn((total) -> total.event() == LedgerEvent.SETTLED)
			.singleElement()
			.returns(3L, LedgerTotal::count)
			.returns(price.multiply(BigInteger.valueOf(3)), LedgerTotal::amount)
			.returns(NETWORK, LedgerTotal::network)
			.returns(null, LedgerTotal::reason);
		assertThat(totals).filteredOn((total) -> total.event() == LedgerEvent.RELEASED)
			.extracting(LedgerTotal::reason)
			.containsExactlyInAnyOrder("one reason", "another reason");
		assertThat(totals).extracting((total) -> total.event() + " " + total.reason()).doesNotHaveDuplicates();
	}

	@Test
	void whenWhatBuyersPaidIsAddedUpThenSumsAreThoseOfTheEntries() {
		someSales();
		PaymentLedger ledger = createLedger();
		List<PayerTotal> payers = ledger.payers(null, 100_000);
		assertThat(payers).isNotEmpty()
			.isSortedAccordingTo(Comparator.comparing(PayerTotal::count).reversed())
			.usingElementComparator(Comparator.comparing((total) -> total.toString().toLowerCase(Locale.ROOT)))
			.containsExactlyInAnyOrderElementsOf(plain(ledger).payers(null, 100_000))
			.doesNotHaveDuplicates();
		assertThat(ledger.payers(null, 1)).containsExactly(payers.get(0));
		assertThat(ledger.payers(Instant.now().plusSeconds(36_000), 10)).isEmpty();
	}

	@Test
	void whenBuyersDifferThenTheOneWhoBoughtMostOftenIsFirstAndLetterCaseMakesNoOther() {
		PaymentStore store = createStore(LONG_LEASE);
		String buyer = nonce().substring(2, 34);
		for (String prefix : List.of("0xab", "0xcd", "0xAB", "0xcd", "0xCD", "0xef")) {
			Sale sale = new Sale(UUID.randomUUID().toString(), "GET /", "exact", BigInteger.TEN, "0xPayTo",
					prefix + buyer);
			Claim claim = Objects
				.requireNonNull(store.claim(new NewClaim(key(), FINGERPRINT, PAYLOAD, this.expiresAt, sale)));
			store.advance(settling(store, claim), settled(receipt(transaction())));
		}
		PaymentLedger ledger = createLedger();
		List<PayerTotal> all = ledger.payers(null, 100_000);
		assertThat(all).filteredOn((total) -> total.payer().endsWith(buyer))
			.extracting((total) -> total.payer().toLowerCase(Locale.ROOT).substring(0, 4), PayerTotal::count,
					PayerTotal::amount)
			.containsExactly(tuple("0xcd", 3L, BigInteger.valueOf(30)), tuple("0xab", 2L, BigInteger.valueOf(20)),
					tuple("0xef", 1L, BigInteger.TEN));
		assertThat(ledger.payers(null, 2)).isEqualTo(all.subList(0, 2));
	}

	@Test
	void whenAPeriodIsAddedUpThenItsStartBelongsToItAndItsEndDoesNot() {
		String route = someSales();
		PaymentLedger ledger = createLedger();
		Instant first = ledger.find(new LedgerQuery(null, null, null, route, null, null, null, 1)).get(0).time();
		Instant last = ledger.latest(new LedgerQuery(null, null, null, route, null, null, null, 1)).get(0).time();
		assertThat(totals(ledger, first, last.plusMillis(1), route))
			.containsExactlyInAnyOrderElementsOf(totals(ledger, null, null, route));
		assertThat(totals(ledger, null, first, route)).isEmpty();
		assertThat(totals(ledger, last.plusMillis(1), null, route)).isEmpty();
		assertThat(totals(ledger, first.plusMillis(1), last, route))
			.containsExactlyInAnyOrderElementsOf(totals(plain(ledger), first.plusMillis(1), last, route));
		assertThat(totals(ledger, Instant.now().plusSeconds(3600), Instant.EPOCH, route)).isEmpty();
	}

	@Test
	void whenTheLastEntriesAreReadThenTheNewestIsFirst() {
		String route = someSales();
		PaymentLedger ledger = createLedger();
		LedgerQuery all = new LedgerQuery(null, null, null, route, null, null, null, 100);
		List<LedgerEntry> expected = new ArrayList<>(ledger.find(all));
		Collections.reverse(expected);
		assertThat(ledger.latest(all)).isEqualTo(expected);
		assertThat(ledger.latest(new LedgerQuery(null, null, null, route, null, null, null, 3)))
			.isEqualTo(expected.subList(0, 3));
		assertThat(plain(ledger).latest(new LedgerQuery(null, null, null, route, null, null, null, 3)))
			.isEqualTo(expected.subList(0, 3));
		assertThat(ledger.latest(new LedgerQuery(null, null, null, route, LedgerEvent.SETTLED, null, null, 2)))
			.hasSize(2)
			.allMatch((entry) -> entry.event() == LedgerEvent.SETTLED)
			.isSortedAccordingTo(Comparator.comparing(LedgerEntry::id).reversed());
		assertThat(ledger.latest(all.after(expected.get(0)))).as("goes back from the end whatever was read before")
			.isEqualTo(expected);
	}

	@Test
	void whenAnOutcomeIsUnknownThenItsSaleIsUnsettledUntilItIsKnown() {
		PaymentStore store = createStore(LONG_LEASE);
		PaymentLedger ledger = createLedger();
		Claim pending = store.advance(settling(store), ClaimChange.pending(null, LATER));
		Claim unresolved = store.advance(settling(store), ClaimChange.pending(null, LATER));
		Instant since = entries(unresolved).stream()
			.filter((entry) -> entry.event() == LedgerEvent.PENDING)
			.findFirst()
			.orElseThrow()
			.time();
		unresolved = store.advance(unresolved, ClaimChange.unresolved(LATER));
		unresolved = store.advance(unresolved, ClaimChange.unresolved(LATER));
		Claim settled = store.advance(settling(store), settled(receipt(transaction())));
		for (PaymentLedger books : List.of(ledger, plain(ledger))) {
			assertThat(books.unsettled(10_000)).filteredOn((sale) -> isOf(sale.entry(), pending))
				.singleElement()
				.returns(LedgerEvent.PENDING, (sale) -> sale.entry().event());
			Claim doubtful = unresolved;
			assertThat(books.unsettled(10_000)).filteredOn((sale) -> isOf(sale.entry(), doubtful))
				.singleElement()
				.returns(LedgerEvent.UNRESOLVED, (sale) -> sale.entry().event())
				.returns(since, UnsettledSale::since);
			assertThat(books.unsettled(10_000)).noneMatch((sale) -> isOf(sale.entry(), settled));
			assertThat(books.unsettled(1)).hasSize(1);
		}
		store.advance(pending, settled(receipt(transaction())));
		assertThat(ledger.unsettled(10_000)).noneMatch((sale) -> isOf(sale.entry(), pending));
	}

	/**
	 * Three settled sales, one that failed, one that is pending, and two of which nothing
	 * came.
	 * @return the route of all of them
	 */
	private String someSales() {
		PaymentStore store = createStore(LONG_LEASE);
		String route = "GET /" + nonce().substring(2, 20);
		for (int i = 0; i < 3; i++) {
			store.advance(settling(store, claim(store, route)), settled(receipt(transaction())));
		}
		store.advance(settling(store, claim(store, route)),
				ClaimChange.declined("settlement_declined", SettlementResponse.failure("no_money", NETWORK, null)));
		store.advance(settling(store, claim(store, route)), ClaimChange.pending(null, LATER));
		store.release(store.advance(claim(store, route), ClaimChange.verified()), "one reason");
		store.release(store.advance(claim(store, route), ClaimChange.verified()), "another reason");
		return route;
	}

	private Claim claim(PaymentStore store, String route) {
		return Objects
			.requireNonNull(store.claim(new NewClaim(key(), FINGERPRINT, PAYLOAD, this.expiresAt, purchase(route))));
	}

	private static List<LedgerTotal> totals(PaymentLedger ledger, @Nullable Instant from, @Nullable Instant to,
			String route) {
		return ledger.totals(from, to).stream().filter((total) -> total.route().equals(route)).toList();
	}

	/**
	 * The same books, which can only be read page by page.
	 */
	private static PaymentLedger plain(PaymentLedger ledger) {
		return new PaymentLedger() {

			@Override
			public List<LedgerEntry> find(LedgerQuery query) {
				return ledger.find(query);
			}

			@Override
			public int publish(int limit, Consumer<LedgerEntry> subscriber) {
				return ledger.publish(limit, subscriber);
			}

		};
	}

	@Test
	void whenOutcomesArePublishedThenEachIsHandedOverOnce() {
		PaymentStore store = createStore(LONG_LEASE);
		PaymentLedger ledger = createLedger();
		Claim settled = store.advance(settling(store), settled(receipt(transaction())));
		store.redelivered(settled);
		List<LedgerEntry> published = new ArrayList<>();
		publishAll(ledger, published);
		publishAll(createLedger(), published);
		assertThat(published).filteredOn((entry) -> isOf(entry, settled))
			.extracting(LedgerEntry::event)
			.containsExactlyInAnyOrder(LedgerEvent.SETTLED, LedgerEvent.REDELIVERED);
	}

	@Test
	void whenManyPublishAtOnceThenEachIsHandedOverOnce() {
		PaymentStore store = createStore(LONG_LEASE);
		List<Claim> claims = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			claims.add(store.advance(settling(store), settled(receipt(transaction()))));
		}
		Queue<LedgerEntry> published = new ConcurrentLinkedQueue<>();
		atOnce(stores(LONG_LEASE), (ignored) -> {
			createLedger().publish(3, published::add);
			return null;
		});
		publishAll(createLedger(), published);
		assertThat(published).extracting(LedgerEntry::id).doesNotHaveDuplicates();
		assertThat(claims).allSatisfy((claim) -> assertThat(published).anyMatch((entry) -> isOf(entry, claim)));
	}

	@Test
	void whenASubscriberFailsThenTheRestIsHandedOverLater() {
		PaymentStore store = createStore(LONG_LEASE);
		PaymentLedger ledger = createLedger();
		publishAll(ledger, new ArrayList<>());
		Claim settled = store.advance(settling(store), settled(receipt(transaction())));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> ledger.publish(10, (entry) -> {
			throw new IllegalStateException("Listener failed");
		}));
		List<LedgerEntry> published = new ArrayList<>();
		publishAll(ledger, published);
		assertThat(published).anyMatch((entry) -> isOf(entry, settled));
	}

	private static void publishAll(PaymentLedger ledger, Collection<LedgerEntry> published) {
		for (int handed = 1; handed > 0;) {
			handed = ledger.publish(100, published::add);
		}
	}

	@Test
	void whenEntriesAboutAPassAreWrittenThenTheyAreFoundAddedUpAndNotHandedOver() {
		PaymentLedger ledger = createLedger();
		String id = nonce().substring(2, 34);
		String route = "GET /" + id;
		NewPass balance = new NewPass(id, "a".repeat(64),
				new NewPass.Paid(NETWORK, "0xasset", BigInteger.TEN, "0xPayTo", PAYER, null), "", null, 10L);
		ledger.write(LedgerEntry.of(LedgerEvent.USED, balance, route, BigInteger.TWO));
		ledger.write(LedgerEntry.of(LedgerEvent.USED, balance, route, BigInteger.valueOf(3)));
		ledger.write(LedgerEntry.of(LedgerEvent.GIVEN_BACK, balance, route, BigInteger.TWO));
		List<LedgerEntry> entries = createLedger().find(new LedgerQuery(null, null, PAYER, route, null, id, null, 10));
		assertThat(entries).extracting(LedgerEntry::event, LedgerEntry::amount)
			.containsExactly(tuple(LedgerEvent.USED, BigInteger.TWO), tuple(LedgerEvent.USED, BigInteger.valueOf(3)),
					tuple(LedgerEvent.GIVEN_BACK, BigInteger.TWO));
		assertThat(entries).isSortedAccordingTo(Comparator.comparing(LedgerEntry::id))
			.allSatisfy((entry) -> assertThat(entry.time()).isBetween(Instant.now().minusSeconds(600),
					Instant.now().plusSeconds(600)));
		assertThat(totals(ledger, null, null, route)).extracting(LedgerTotal::event, LedgerTotal::amount)
			.containsExactlyInAnyOrder(tuple(LedgerEvent.USED, BigInteger.valueOf(5)),
					tuple(LedgerEvent.GIVEN_BACK, BigInteger.TWO));
		List<LedgerEntry> published = new ArrayList<>();
		publishAll(ledger, published);
		assertThat(published).noneMatch((entry) -> entry.sale().equals(id));
		assertThat(ledger.unsettled(1000)).noneMatch((sale) -> sale.entry().sale().equals(id));
	}

	private static boolean isOf(LedgerEntry entry, Claim claim) {
		return entry.sale().equals(Objects.requireNonNull(claim.sale()).id());
	}

	private List<LedgerEntry> entries(Claim claim) {
		String purchase = Objects.requireNonNull(claim.sale()).id();
		return createLedger().find(new LedgerQuery(null, null, null, null, null, purchase, null, 100));
	}

	private static UnsettledClaim of(Claim claim, List<UnsettledClaim> taken) {
		return taken.stream()
			.filter((unsettled) -> unsettled.claim().key().equals(claim.key()))
			.findFirst()
			.orElseThrow(() -> new AssertionError("Not taken"));
	}

	private static List<UnsettledClaim> takeAll(PaymentStore store) {
		return store.takeUnsettled(1000, LATER);
	}

	private Claim claim(PaymentStore store, AuthorizationKey key) {
		return Objects.requireNonNull(store.claim(request(key)));
	}

	private NewClaim request(AuthorizationKey key) {
		return request(key, FINGERPRINT);
	}

	private NewClaim request(AuthorizationKey key, String fingerprint) {
		return request(key, fingerprint, this.expiresAt);
	}

	private static NewClaim request(AuthorizationKey key, String fingerprint, Instant expiresAt) {
		return new NewClaim(key, fingerprint, PAYLOAD, expiresAt.truncatedTo(ChronoUnit.MILLIS),
				purchase("GET /weather/{city}"));
	}

	private static Sale purchase(String route) {
		return new Sale(UUID.randomUUID().toString(), route, "exact",
				new BigInteger("340282366920938463463374607431768211455"), "0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
				PAYER);
	}

	private Claim settling(PaymentStore store) {
		return settling(store, claim(store, key()));
	}

	private static Claim settling(PaymentStore store, Claim claim) {
		return store.advance(store.advance(claim, ClaimChange.verified()),
				ClaimChange.settling(REQUEST, ResponseRecord.stored(ANSWER)));
	}

	private static ClaimChange settled(SettlementResponse receipt) {
		return ClaimChange.settled(receipt, LATER, false);
	}

	private Claim in(ClaimState state, PaymentStore store) {
		Claim claim = claim(store, key());
		return switch (state) {
			case CLAIMED -> claim;
			case VERIFIED -> store.advance(claim, ClaimChange.verified());
			case EXECUTED -> store.advance(settling(store, claim), ClaimChange.executed("facilitator_unavailable"));
			case SETTLING -> settling(store, claim);
			case PENDING -> store.advance(settling(store, claim), ClaimChange.pending(null, LATER));
			case SETTLED -> store.advance(settling(store, claim), settled(receipt(transaction())));
			case ABANDONED ->
				store.advance(store.advance(claim, ClaimChange.verified()), ClaimChange.abandoned("failed"));
			case EXHAUSTED ->
				store.advance(store.advance(claim, ClaimChange.verified()), ClaimChange.exhausted("failed"));
			case BOUND -> store.advance(claim, ClaimChange.bound());
			case DECLINED -> store.advance(settling(store, claim),
					ClaimChange.declined("settlement_declined", SettlementResponse.failure("no_money", NETWORK, null)));
		};
	}

	private List<PaymentStore> stores(Duration lease) {
		return List.of(createStore(lease), createStore(lease));
	}

	private static AuthorizationKey key() {
		return new AuthorizationKey(NETWORK, "0x036cbd53842c5426634e7929541ec2318f3dcf7e",
				"0x70997970c51812dc3a010c7d01b50e0d17dc79c8", nonce());
	}

	private static SettlementResponse receipt(String transaction) {
		return SettlementResponse.success(transaction, NETWORK, "0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
	}

	private static String transaction() {
		return nonce();
	}

	private static String nonce() {
		byte[] bytes = new byte[32];
		ThreadLocalRandom.current().nextBytes(bytes);
		return "0x" + HexFormat.of().formatHex(bytes);
	}

	private static List<Claim> atOnce(List<PaymentStore> stores, Step step) {
		int threads = THREADS * stores.size();
		CyclicBarrier barrier = new CyclicBarrier(threads);
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			List<Future<@Nullable Claim>> futures = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				PaymentStore store = stores.get(i % stores.size());
				Callable<@Nullable Claim> task = () -> {
					barrier.await(30, TimeUnit.SECONDS);
					return step.take(store);
				};
				futures.add(executor.submit(task));
			}
			List<Claim> claims = new ArrayList<>();
			for (Future<@Nullable Claim> future : futures) {
				Claim claim = future.get(60, TimeUnit.SECONDS);
				if (claim != null) {
					claims.add(claim);
				}
			}
			return claims;
		}
		catch (ExecutionException ex) {
			throw new AssertionError(ex.getCause());
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
		finally {
			executor.shutdownNow();
		}
	}

	private interface Step {

		@Nullable Claim take(PaymentStore store);

	}

}
