package io.x402.spring.store.tck;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.x402.spring.payment.Claim;
import io.x402.spring.payment.ClaimKey;
import io.x402.spring.payment.ClaimState;
import io.x402.spring.payment.DuplicateTransactionException;
import io.x402.spring.payment.PaymentStore;
import io.x402.spring.payment.PaymentStoreException;
import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
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

	private final Instant expiresAt = Instant.ofEpochMilli(Instant.now().plusSeconds(600).toEpochMilli());

	/**
	 * Create a store as an instance of an application would.
	 * @param lease how long a claim outlives an instance that does not renew it
	 * @return a store that shares its claims with all that were created in this test
	 */
	protected abstract PaymentStore createStore(Duration lease);

	/**
	 * Return whether several instances share the claims. Otherwise nothing is tested that
	 * needs two.
	 * @return {@code true} unless overridden
	 */
	protected boolean isShared() {
		return true;
	}

	@Test
	void whenClaimedThenIsFoundAsItWasClaimed() {
		PaymentStore store = createStore(LONG_LEASE);
		ClaimKey key = key();
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
		ClaimKey key = key();
		Claim claim = claim(store, key);
		assertThat(store.claim(key, FINGERPRINT, this.expiresAt)).isNull();
		assertThat(store.claim(key, "b".repeat(64), this.expiresAt)).isNull();
		assertThat(store.find(key)).isEqualTo(claim);
	}

	@Test
	void whenKeysDifferInOnePartThenTheyAreDifferentClaims() {
		PaymentStore store = createStore(LONG_LEASE);
		String nonce = nonce();
		List<ClaimKey> keys = List.of(new ClaimKey(NETWORK, "asset", "payer", nonce),
				new ClaimKey(NETWORK, "asse", "tpayer", nonce), new ClaimKey(NETWORK, "asset", "payer", nonce + "0"),
				new ClaimKey(NETWORK, "asset", "PAYER", nonce), new ClaimKey("eip155:8453", "asset", "payer", nonce),
				new ClaimKey(NETWORK, "asset", "", nonce));
		assertThat(keys).allSatisfy((key) -> assertThat(store.claim(key, FINGERPRINT, this.expiresAt)).isNotNull());
	}

	@RepeatedTest(5)
	void whenClaimedByManyAtOnceThenOneWins() {
		List<PaymentStore> stores = stores(LONG_LEASE);
		ClaimKey key = key();
		List<Claim> claims = atOnce(stores, (store) -> store.claim(key, FINGERPRINT, this.expiresAt));
		assertThat(claims).hasSize(1);
		assertThat(stores).allSatisfy((store) -> assertThat(store.find(key)).isEqualTo(claims.get(0)));
	}

	@Test
	void whenClaimedAndReleasedByManyAtOnceThenNeverTwoOwnIt() {
		ClaimKey key = key();
		List<Claim> claims = atOnce(stores(LONG_LEASE), (store) -> {
			Claim last = null;
			for (int i = 0; i < 5; i++) {
				Claim claim = store.claim(key, FINGERPRINT, this.expiresAt);
				if (claim != null) {
					store.release(store.advance(claim, ClaimState.VERIFIED, null));
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
		for (ClaimState state : List.of(ClaimState.VERIFIED, ClaimState.SETTLING, ClaimState.PENDING)) {
			claim = store.advance(claim, state, null);
			assertThat(claim.state()).isEqualTo(state);
			assertThat(createStore(LONG_LEASE).find(claim.key())).isEqualTo(claim);
		}
	}

	@Test
	void whenClaimChangedMeanwhileThenIsNotAdvanced() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = claim(store, key());
		Claim verified = store.advance(claim, ClaimState.VERIFIED, null);
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> store.advance(claim, ClaimState.SETTLING, null));
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> store.advance(claim, ClaimState.VERIFIED, null));
		assertThat(store.find(claim.key())).isEqualTo(verified);
	}

	@Test
	void whenAdvancedByManyAtOnceThenOneWins() {
		List<PaymentStore> stores = stores(LONG_LEASE);
		Claim claim = claim(stores.get(0), key());
		List<Claim> advanced = atOnce(stores, (store) -> {
			try {
				return store.advance(claim, ClaimState.SETTLING, null);
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
		store.release(claim);
		assertThat(store.find(claim.key())).isNull();
		assertThat(claim(store, claim.key())).isNotEqualTo(claim);
	}

	@Test
	void whenClaimChangedMeanwhileThenIsNotReleased() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim claim = claim(store, key());
		Claim settling = store.advance(claim, ClaimState.SETTLING, null);
		store.release(claim);
		assertThat(store.find(claim.key())).isEqualTo(settling);
	}

	@Test
	void whenReleasedAndClaimedAgainThenTheFirstOwnerCanDoNothing() {
		PaymentStore store = createStore(LONG_LEASE);
		Claim first = claim(store, key());
		store.release(first);
		Claim second = claim(store, first.key());
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> store.advance(first, ClaimState.SETTLING, null));
		store.release(first);
		assertThat(store.find(first.key())).isEqualTo(second);
	}

	@Test
	void whenTransactionSettledAnotherClaimThenIsRefused() {
		PaymentStore store = createStore(LONG_LEASE);
		SettlementResponse receipt = receipt(transaction());
		Claim settled = store.advance(settling(store), ClaimState.SETTLED, receipt);
		Claim other = settling(store);
		assertThatExceptionOfType(DuplicateTransactionException.class)
			.isThrownBy(() -> store.advance(other, ClaimState.SETTLED, receipt));
		assertThat(store.find(other.key())).isEqualTo(other);
		assertThat(store.find(settled.key())).isEqualTo(settled);
		assertThat(store.advance(other, ClaimState.PENDING, null)).isEqualTo(store.find(other.key()));
	}

	@Test
	void whenTransactionIsOfAnotherNetworkThenIsAnotherTransaction() {
		PaymentStore store = createStore(LONG_LEASE);
		SettlementResponse receipt = receipt(transaction());
		store.advance(settling(store), ClaimState.SETTLED, receipt);
		Claim claim = claim(store, new ClaimKey("eip155:8453", "asset", "payer", nonce()));
		assertThat(store.advance(claim, ClaimState.SETTLED, receipt).state()).isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenTransactionsDifferInLetterCaseThenTheyAreDifferent() {
		PaymentStore store = createStore(LONG_LEASE);
		store.advance(settling(store), ClaimState.SETTLED, receipt("5Kq" + nonce()));
		String transaction = nonce();
		store.advance(settling(store), ClaimState.SETTLED, receipt("5kq" + transaction));
		assertThat(store.advance(settling(store), ClaimState.SETTLED, receipt("5KQ" + transaction)).state())
			.isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenManySettleWithOneTransactionAtOnceThenOneWins() {
		SettlementResponse receipt = receipt(transaction());
		List<Claim> settled = atOnce(stores(LONG_LEASE), (store) -> {
			Claim claim = settling(store);
			try {
				return store.advance(claim, ClaimState.SETTLED, receipt);
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
		Claim first = store.advance(settling(store), ClaimState.DECLINED, failure);
		Claim second = store.advance(settling(store), ClaimState.DECLINED, failure);
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
		Claim settled = store.advance(settling(store), ClaimState.SETTLED, receipt);
		assertThat(settled.receipt()).isEqualTo(receipt);
		assertThat(createStore(LONG_LEASE).find(settled.key())).isEqualTo(settled);
	}

	@Test
	void whenExpiredThenIsForgotten() throws InterruptedException {
		PaymentStore store = createStore(LONG_LEASE);
		ClaimKey key = key();
		Claim claim = store.claim(key, FINGERPRINT, Instant.now().plusMillis(800));
		assertThat(claim).isNotNull();
		store.advance(claim, ClaimState.PENDING, null);
		assertThat(store.claim(key, FINGERPRINT, this.expiresAt)).isNull();
		Thread.sleep(1000);
		assertThat(store.find(key)).isNull();
		Claim next = claim(store, key);
		store.maintain();
		assertThat(store.find(key)).isEqualTo(next);
	}

	@Test
	void whenMaintainedThenOnlyExpiredClaimsAreForgotten() throws InterruptedException {
		PaymentStore store = createStore(LONG_LEASE);
		ClaimKey expired = key();
		store.claim(expired, FINGERPRINT, Instant.now().plusMillis(100));
		Claim settled = store.advance(settling(store), ClaimState.SETTLED, receipt(transaction()));
		Thread.sleep(200);
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
		Thread.sleep(SHORT_LEASE.toMillis() * 2);
		List<Claim> claims = atOnce(stores(LONG_LEASE),
				(store) -> store.claim(lost.key(), "b".repeat(64), this.expiresAt));
		assertThat(claims).hasSize(1);
		Claim taken = claims.get(0);
		assertThat(taken.fingerprint()).isEqualTo("b".repeat(64));
		assertThat(taken.state()).isEqualTo(ClaimState.CLAIMED);
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> dead.advance(lost, ClaimState.SETTLING, null));
		dead.release(lost);
		dead.maintain();
		assertThat(dead.find(lost.key())).isEqualTo(taken);
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = { "CLAIMED", "VERIFIED" })
	void whenOwnerDiesAfterSettlementBeganThenNobodyTakesOver(ClaimState state) throws InterruptedException {
		assumeTrue(isShared(), "Needs stores that share claims");
		PaymentStore dead = createStore(SHORT_LEASE);
		Claim claim = in(state, dead);
		Thread.sleep(SHORT_LEASE.toMillis() * 2);
		PaymentStore store = createStore(LONG_LEASE);
		store.maintain();
		assertThat(store.claim(claim.key(), FINGERPRINT, this.expiresAt)).isNull();
		ClaimState expected = (state == ClaimState.SETTLING) ? ClaimState.PENDING : state;
		assertThat(Objects.requireNonNull(store.find(claim.key())).state()).isEqualTo(expected);
	}

	@Test
	void whenOwnerThatSeemedDeadComesBackThenItRecordsWhatItKnows() throws InterruptedException {
		assumeTrue(isShared(), "Needs stores that share claims");
		PaymentStore slow = createStore(SHORT_LEASE);
		Claim settling = settling(slow);
		Thread.sleep(SHORT_LEASE.toMillis() * 2);
		PaymentStore store = createStore(LONG_LEASE);
		assertThat(Objects.requireNonNull(store.find(settling.key())).state()).isEqualTo(ClaimState.PENDING);
		Claim settled = slow.advance(settling, ClaimState.SETTLED, receipt(transaction()));
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
			alive.maintain();
			Thread.sleep(200);
		}
		for (Claim claim : List.of(claimed, verified, settling)) {
			assertThat(store.claim(claim.key(), FINGERPRINT, this.expiresAt)).isNull();
			assertThat(store.find(claim.key())).isEqualTo(claim);
		}
	}

	private Claim claim(PaymentStore store, ClaimKey key) {
		return Objects.requireNonNull(store.claim(key, FINGERPRINT, this.expiresAt));
	}

	private Claim settling(PaymentStore store) {
		return in(ClaimState.SETTLING, store);
	}

	private Claim in(ClaimState state, PaymentStore store) {
		Claim claim = claim(store, key());
		SettlementResponse receipt = (state == ClaimState.SETTLED || state == ClaimState.DECLINED)
				? receipt(transaction()) : null;
		return (state == ClaimState.CLAIMED) ? claim : store.advance(claim, state, receipt);
	}

	private List<PaymentStore> stores(Duration lease) {
		return List.of(createStore(lease), createStore(lease));
	}

	private static ClaimKey key() {
		return new ClaimKey(NETWORK, "0x036cbd53842c5426634e7929541ec2318f3dcf7e",
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
