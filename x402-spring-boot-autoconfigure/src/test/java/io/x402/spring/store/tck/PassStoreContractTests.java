/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.tck;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassOperation;
import io.x402.spring.store.PassQuery;
import io.x402.spring.store.PassRecord;
import io.x402.spring.store.PassStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contract of {@link PassStore}. Extend it and return a store of your own.
 */
public abstract class PassStoreContractTests {

	private static final int THREADS = 64;

	private static final int DEBITS = Integer.getInteger("x402.debits", 3200);

	private static final BigInteger AMOUNT = BigInteger.TEN.pow(64);

	private static final List<String> SCOPES = List.of("", "", "reports", "reports", "Reports", "reports ");

	private static final List<String> NETWORKS = List.of("eip155:84532", "eip155:84532", "eip155:84532", "eip155:8453");

	private static final List<String> ASSETS = List.of("0xAsset", "0xasset", "0xASSET", "0xOther");

	private static final List<String> RECIPIENTS = List.of("0xPayTo", "0xPAYTO", "0xpayto", "0xElse");

	private static final List<BigInteger> AMOUNTS = List.of(BigInteger.ONE, BigInteger.valueOf(10_000), AMOUNT);

	private static final List<Long> COUNTS = List.of(1L, 2L, 3L, Long.MAX_VALUE);

	private final String id = UUID.randomUUID().toString().replace("-", "");

	/**
	 * Return the store. Every one that a test asks for shares its passes with the others.
	 * @return a store
	 */
	protected abstract PassStore createStore();

	/**
	 * Make a pass as old as if it had been sold that long before. Tests that need it are
	 * skipped where this is not overridden.
	 * @param pass the pass, which has not started
	 * @param time how long before
	 */
	protected void age(NewPass pass, Duration time) {
		Assumptions.abort("The pass cannot be made older");
	}

	/**
	 * Make operations as old as if they had been executed that long before. Tests that
	 * need it are skipped where this is not overridden.
	 * @param time how long before
	 */
	protected void ageOperations(Duration time) {
		Assumptions.abort("Operations cannot be made older");
	}

	@Test
	void whenPassIsPreparedThenItIsKeptAsItWasSold() {
		PassStore store = createStore();
		NewPass.Paid paid = new NewPass.Paid("eip155:84532", "0xasset", AMOUNT, "0xPayTo", "0xPayer", "");
		NewPass pass = new NewPass(this.id, "a".repeat(64), paid, "reports", Duration.ofHours(1), 10L);
		store.prepare(pass, "1");
		PassRecord kept = Objects.requireNonNull(createStore().find(this.id));
		assertThat(kept.pass()).isEqualTo(pass);
		assertThat(kept.used()).isEqualTo(1);
		assertThat(kept.expiresAt()).isNull();
		assertThat(kept.revoked()).isFalse();
	}

	@Test
	void whenPassHasNoLimitsThenNoneAreKept() {
		PassStore store = createStore();
		NewPass pass = new NewPass(this.id, "a".repeat(64),
				new NewPass.Paid("solana:x", "asset", BigInteger.ONE, "payTo", null, null), "s", null, null);
		store.prepare(pass, "1");
		assertThat(Objects.requireNonNull(store.find(this.id)).pass()).isEqualTo(pass);
	}

	@Test
	void whenThereIsNoPassThenNothingIsFound() {
		PassStore store = createStore();
		assertThat(store.find(this.id)).isNull();
		assertThat(store.start(this.id)).isNull();
		assertThat(use(store, this.id, 1)).isNull();
		assertThat(store.revoke(this.id)).isFalse();
		store.giveBack(PassOperation.of(this.id, 1), 1);
		store.keep(PassOperation.of(this.id, 1));
		assertThat(store.find(this.id)).isNull();
	}

	@Test
	void whenPassIsStartedTwiceThenItsEndIsThatOfTheFirstTime() {
		PassStore store = createStore();
		store.prepare(pass(Duration.ofHours(1), null), "1");
		PassRecord started = Objects.requireNonNull(store.start(this.id));
		assertThat(Objects.requireNonNull(started.expiresAt())).isBetween(started.readAt().plusSeconds(3599),
				started.readAt().plusSeconds(3600));
		assertThat(Objects.requireNonNull(store.start(this.id)).expiresAt()).isEqualTo(started.expiresAt());
		assertThat(Objects.requireNonNull(use(store, this.id, 1)).expiresAt()).isEqualTo(started.expiresAt());
	}

	@Test
	void whenPassHasNotStartedThenItsFirstUseStartsIt() {
		PassStore store = createStore();
		store.prepare(pass(Duration.ofHours(1), 3L), "1");
		PassRecord used = Objects.requireNonNull(use(store, this.id, 1));
		assertThat(used.expiresAt()).isNotNull();
		assertThat(used.remaining()).isEqualTo(1);
	}

	/**
	 * Its time has just begun, so that its buyer must find it, and in its order.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1, 30, 100, 1000 })
	void whenPassIsFirstUsedLongAfterItWasPaidThenItsBuyerFindsIt(int days) {
		PassStore store = createStore();
		String payer = "0xPayer" + this.id;
		NewPass.Paid paid = new NewPass.Paid("eip155:84532", "0xasset", AMOUNT, "0xPayTo", payer, null);
		NewPass pass = new NewPass(this.id, "a".repeat(64), paid, "reports", Duration.ofHours(1), 3L);
		store.prepare(pass, "1");
		age(pass, Duration.ofDays(days));
		assertThat(store.usable(query(payer, "reports", 1))).isEmpty();
		String later = usable(store, "reports", null);
		assertThat(use(store, this.id, 1)).isNotNull();
		assertThat(ids(createStore().usable(query(payer, "reports", 1)))).containsExactly(this.id, later);
		assertThat(use(store, this.id, 1)).isNotNull();
		assertThat(ids(store.usable(query(payer, "reports", 1)))).containsExactly(later);
	}

	@Test
	void whenPassIsDeliveredLongAfterItWasPaidThenItsBuyerFindsIt() {
		PassStore store = createStore();
		String payer = "0xPayer" + this.id;
		NewPass.Paid paid = new NewPass.Paid("eip155:84532", "0xasset", AMOUNT, "0xPayTo", payer, null);
		NewPass pass = new NewPass(this.id, "a".repeat(64), paid, "reports", Duration.ofHours(1), null);
		store.prepare(pass, "1");
		age(pass, Duration.ofDays(100));
		assertThat(store.start(this.id)).isNotNull();
		assertThat(ids(createStore().usable(query(payer, "reports", 1)))).containsExactly(this.id);
	}

	@Test
	void whenPassIsPreparedAgainThenOnlyItsTokenChanges() {
		PassStore store = createStore();
		store.prepare(pass(Duration.ofHours(1), 3L), "1");
		Instant end = Objects.requireNonNull(use(store, this.id, 1)).expiresAt();
		store.prepare(
				new NewPass(this.id, "b".repeat(64),
						new NewPass.Paid("other", "other", BigInteger.ONE, "other", null, null), "other", null, 1000L),
				"2");
		PassRecord again = Objects.requireNonNull(store.find(this.id));
		assertThat(again.pass())
			.isEqualTo(new NewPass(this.id, "b".repeat(64), paid(), "scope", Duration.ofHours(1), 3L));
		assertThat(again.used()).isEqualTo(2);
		assertThat(again.expiresAt()).isEqualTo(end);
	}

	@Test
	void whenPaymentIsNotChargedThenItsPassIsForgotten() {
		PassStore store = createStore();
		store.prepare(pass(Duration.ofHours(1), 3L), "1");
		store.forget(this.id, "1");
		assertThat(createStore().find(this.id)).isNull();
		store.forget(this.id, "1");
		store.prepare(pass(null, 3L), "1");
		assertThat(Objects.requireNonNull(store.start(this.id)).remaining()).isEqualTo(2);
	}

	@Test
	void whenAnotherAttemptHasPreparedThePassThenItIsNotForgotten() {
		PassStore store = createStore();
		store.prepare(pass(null, 3L), "1");
		store.prepare(pass(null, 3L), "2");
		store.forget(this.id, "1");
		assertThat(store.find(this.id)).isNotNull();
		store.forget(this.id, "2");
		assertThat(store.find(this.id)).isNull();
	}

	@Test
	void whenPassHasStartedOrIsRevokedThenItIsNotForgotten() {
		PassStore store = createStore();
		store.prepare(pass(null, 3L), "1");
		use(store, this.id, 1);
		store.forget(this.id, "1");
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(2);
		String revoked = UUID.randomUUID().toString().replace("-", "");
		store.prepare(new NewPass(revoked, "a".repeat(64), paid(), "scope", null, 3L), "1");
		store.revoke(revoked);
		store.forget(revoked, "1");
		assertThat(Objects.requireNonNull(store.find(revoked)).revoked()).isTrue();
	}

	@Test
	void whenUsesAreTakenThenNoneIsLeftUntilOneIsGivenBack() {
		PassStore store = createStore();
		store.prepare(pass(null, 3L), "1");
		store.start(this.id);
		PassOperation first = PassOperation.of(this.id, 1);
		assertThat(Objects.requireNonNull(store.use(first, null)).remaining()).isEqualTo(1);
		assertThat(Objects.requireNonNull(use(store, this.id, 1)).remaining()).isZero();
		assertThat(use(store, this.id, 1)).isNull();
		store.giveBack(first, 1);
		assertThat(Objects.requireNonNull(store.find(this.id)).remaining()).isEqualTo(1);
		assertThat(Objects.requireNonNull(use(store, this.id, 1)).isExhausted()).isTrue();
		assertThat(use(store, this.id, 1)).isNull();
	}

	@Test
	@Timeout(60)
	void whenTimeIsOverThenNoUseIsTaken() {
		PassStore store = createStore();
		store.prepare(pass(Duration.ofMillis(1), null), "1");
		store.start(this.id);
		while (use(store, this.id, 1) != null) {
			Thread.onSpinWait();
		}
		PassRecord ended = Objects.requireNonNull(store.find(this.id));
		assertThat(ended.isExpired()).isTrue();
		store.start(this.id);
		store.prepare(pass(Duration.ofMillis(1), null), "1");
		assertThat(use(store, this.id, 1)).isNull();
	}

	@Test
	void whenPassIsRevokedThenItStaysSo() {
		PassStore store = createStore();
		store.prepare(pass(Duration.ofHours(1), null), "1");
		PassOperation first = PassOperation.of(this.id, 1);
		assertThat(store.use(first, null)).isNotNull();
		assertThat(store.revoke(this.id)).isTrue();
		assertThat(use(store, this.id, 1)).isNull();
		store.giveBack(first, 1);
		store.prepare(pass(Duration.ofHours(1), null), "1");
		store.start(this.id);
		assertThat(use(store, this.id, 1)).isNull();
		assertThat(Objects.requireNonNull(store.find(this.id)).revoked()).isTrue();
	}

	@Test
	void whenPassesWereSoldThenTheLatestOfABuyerAreFoundInAnyLetterCase() {
		PassStore store = createStore();
		String payer = "0xPayer" + this.id;
		List<String> ids = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			String id = UUID.randomUUID().toString().replace("-", "");
			store.prepare(new NewPass(id, "a".repeat(64),
					new NewPass.Paid("eip155:84532", "0xasset", AMOUNT, "0xPayTo", payer, null), "scope", null, 3L),
					"1");
			ids.add(id);
		}
		store.start(ids.get(1));
		List<PassRecord> found = createStore().latest(payer.toLowerCase(Locale.ROOT), 10);
		assertThat(found).extracting((pass) -> pass.pass().id()).containsExactlyInAnyOrderElementsOf(ids);
		assertThat(found).isSortedAccordingTo(Comparator.comparing(PassRecord::preparedAt).reversed())
			.allSatisfy((pass) -> {
				assertThat(pass.preparedAt()).isBetween(pass.readAt().minusSeconds(600), pass.readAt());
				assertThat(pass.started()).isEqualTo(pass.pass().id().equals(ids.get(1)));
			});
		assertThat(store.latest(payer, 2)).hasSize(2);
		assertThat(store.latest(null, 10)).hasSizeGreaterThanOrEqualTo(3);
		assertThat(store.latest("0xother" + this.id, 10)).isEmpty();
	}

	@Test
	void whenBuyerIsLookedForThenPassesThatHaveStartedAndNotEndedAreFoundInTheirOrder() {
		PassStore store = createStore();
		String first = usable(store, "reports", null);
		String second = usable(store, "reports", Duration.ofHours(1));
		String exhausted = usable(store, "reports", null);
		PassOperation rest = PassOperation.of(exhausted, 2);
		store.use(rest, null);
		store.revoke(usable(store, "reports", null));
		prepared(store, this.id, "0xPayer" + this.id, "reports", null);
		usable(store, "others", null);
		String balance = usable(store, "", null);
		String payer = "0XPAYER" + this.id.toUpperCase(Locale.ROOT);
		PassStore other = createStore();
		// those of one millisecond in any order
		assertThat(ids(other.usable(query(payer, "reports", 1)))).containsExactlyInAnyOrder(first, second);
		assertThat(other.usable(query(payer, "reports", 1))).allMatch(PassRecord::isUsable)
			.isSortedAccordingTo(Comparator.comparing(PassRecord::preparedAt));
		assertThat(ids(other.usable(query(payer, "", 1)))).containsExactly(balance);
		assertThat(other.usable(query("0xOther" + this.id, "reports", 1))).isEmpty();
		store.giveBack(rest, 1);
		store.start(this.id);
		assertThat(ids(other.usable(query(payer, "reports", 1)))).containsExactlyInAnyOrder(first, second, exhausted,
				this.id);
	}

	@Test
	@Timeout(60)
	void whenTimeOfAPassIsOverThenItIsNotFoundForItsBuyer() {
		PassStore store = createStore();
		String id = usable(store, "reports", Duration.ofMillis(1));
		while (!Objects.requireNonNull(store.find(id)).isExpired()) {
			Thread.onSpinWait();
		}
		assertThat(store.usable(query("0xPayer" + this.id, "reports", 1))).isEmpty();
		store.forget(id, "1");
		assertThat(store.usable(query("0xPayer" + this.id, "reports", 1))).isEmpty();
	}

	@Test
	void whenPassWasForgottenThenOthersOfItsBuyerAreFound() {
		PassStore store = createStore();
		prepared(store, this.id, "0xPayer" + this.id, "reports", Duration.ofHours(1));
		store.forget(this.id, "1");
		String kept = usable(store, "reports", null);
		assertThat(ids(store.usable(query("0xPayer" + this.id, "reports", 1)))).containsExactly(kept);
		assertThat(ids(store.usable(query("0xPayer" + this.id, "reports", 1)))).containsExactly(kept);
	}

	/**
	 * A full balance is found behind any number of remainders.
	 */
	@Test
	void whenManyPassesDoNotFitThenTheOneThatDoesIsFound() {
		PassStore store = createStore();
		String payer = "0xPayer" + this.id;
		for (int i = 0; i < 250; i++) {
			use(store, usable(store, "", null), 1);
		}
		NewPass.Paid elsewhere = new NewPass.Paid("eip155:1", "0xasset", AMOUNT, "0xPayTo", payer, null);
		NewPass.Paid otherToken = new NewPass.Paid("eip155:84532", "0xother", AMOUNT, "0xPayTo", payer, null);
		NewPass.Paid otherSeller = new NewPass.Paid("eip155:84532", "0xasset", AMOUNT, "0xOther", payer, null);
		NewPass.Paid cheaper = new NewPass.Paid("eip155:84532", "0xasset", BigInteger.ONE, "0xPayTo", payer, null);
		NewPass.Paid ofOther = new NewPass.Paid("eip155:84532", "0xasset", AMOUNT, "0xPayTo", payer, "other");
		for (NewPass.Paid paid : List.of(elsewhere, otherToken, otherSeller, cheaper, ofOther)) {
			started(store, paid, "");
		}
		String bound = started(store, new NewPass.Paid("eip155:84532", "0xASSET", AMOUNT, "0xPAYTO", payer, "user"),
				"");
		String full = usable(store, "", null);
		assertThat(ids(createStore().usable(query(payer, "", 2)))).containsExactlyInAnyOrder(bound, full);
		assertThat(store.usable(query(payer, "", 1))).hasSize(PassStore.USABLE);
		assertThat(store.usable(query(payer, "", 3))).isEmpty();
	}

	/**
	 * Any passes and any needs: what is found is what {@link PassQuery#matches} says.
	 */
	@RepeatedTest(3)
	void whenPassesAreRandomThenThoseAreFoundThatTheCallCouldUse(RepetitionInfo repetition) {
		Random random = new Random(repetition.getCurrentRepetition());
		PassStore store = createStore();
		List<String> payers = List.of("0xPayer" + this.id, "0xpayer" + this.id, "0XPAYER" + this.id,
				"0xOther" + this.id);
		List<String> ids = new ArrayList<>();
		for (int i = 0; i < 120; i++) {
			ids.add(random(store, random, payers));
		}
		List<PassRecord> passes = ids.stream().map((id) -> Objects.requireNonNull(store.find(id))).toList();
		int matches = 0;
		for (int i = 0; i < 60; i++) {
			PassQuery query = new PassQuery(any(random, payers), any(random, SCOPES), any(random, NETWORKS),
					any(random, ASSETS), any(random, RECIPIENTS), any(random, AMOUNTS), any(random, COUNTS),
					any(random, List.of("", "user")));
			List<String> expected = ids(passes.stream().filter(query::matches).toList());
			List<PassRecord> found = createStore().usable(query);
			assertThat(found).hasSize(Math.min(expected.size(), PassStore.USABLE))
				.isSortedAccordingTo(Comparator.comparing(PassRecord::preparedAt))
				.allMatch((pass) -> expected.contains(pass.pass().id()));
			matches += found.size();
		}
		assertThat(matches).isGreaterThan(20);
	}

	private static String random(PassStore store, Random random, List<String> payers) {
		String id = UUID.randomUUID().toString().replace("-", "");
		NewPass.Paid paid = new NewPass.Paid(any(random, NETWORKS), any(random, ASSETS), any(random, AMOUNTS),
				any(random, RECIPIENTS), (random.nextInt(20) > 0) ? any(random, payers) : null,
				(random.nextInt(3) == 0) ? any(random, List.of("", "user", "other")) : null);
		store.prepare(new NewPass(id, "a".repeat(64), paid, any(random, SCOPES),
				(random.nextInt(3) == 0) ? Duration.ofHours(1) : null,
				(random.nextInt(4) > 0) ? any(random, COUNTS) : null), "1", 1);
		if (random.nextInt(10) > 0) {
			store.start(id);
			Long left = Objects.requireNonNull(store.find(id)).remaining();
			if (random.nextBoolean() && left != null && left > 0) {
				use(store, id, random.nextBoolean() ? left : 1);
			}
		}
		if (random.nextInt(15) == 0) {
			store.revoke(id);
		}
		return id;
	}

	private static <T> T any(Random random, List<T> values) {
		return values.get(random.nextInt(values.size()));
	}

	@Test
	void whenBuyerBecomesKnownLaterThenThePassIsFound() {
		PassStore store = createStore();
		NewPass.Paid paid = new NewPass.Paid("eip155:84532", "0xasset", AMOUNT, "0xPayTo", null, null);
		NewPass pass = new NewPass(this.id, "a".repeat(64), paid, "reports", null, 3L);
		store.prepare(pass, "1");
		store.start(this.id);
		assertThat(store.usable(query("0xPayer" + this.id, "reports", 1))).isEmpty();
		store.prepare(pass.paidBy("0xPayer" + this.id), "1");
		assertThat(ids(createStore().usable(query("0xpayer" + this.id, "reports", 1)))).containsExactly(this.id);
		store.prepare(pass.paidBy("0xOther" + this.id), "2");
		assertThat(Objects.requireNonNull(store.find(this.id)).pass().paid().payer()).isEqualTo("0xPayer" + this.id);
		assertThat(store.usable(query("0xOther" + this.id, "reports", 1))).isEmpty();
		assertThat(ids(store.latest("0xPayer" + this.id, 10))).containsExactly(this.id);
	}

	private static PassQuery query(String payer, String scope, long uses) {
		return new PassQuery(payer, scope, "eip155:84532", "0xAsset", "0xpayto", AMOUNT, uses, "user");
	}

	private static String started(PassStore store, NewPass.Paid paid, String scope) {
		String id = UUID.randomUUID().toString().replace("-", "");
		store.prepare(new NewPass(id, "a".repeat(64), paid, scope, null, 3L), "1");
		store.start(id);
		return id;
	}

	private String usable(PassStore store, String scope, @Nullable Duration duration) {
		String id = UUID.randomUUID().toString().replace("-", "");
		prepared(store, id, "0xPayer" + this.id, scope, duration);
		store.start(id);
		return id;
	}

	private static void prepared(PassStore store, String id, String payer, String scope, @Nullable Duration duration) {
		store.prepare(new NewPass(id, "a".repeat(64),
				new NewPass.Paid("eip155:84532", "0xasset", AMOUNT, "0xPayTo", payer, null), scope, duration, 3L), "1");
	}

	private static List<String> ids(List<PassRecord> passes) {
		return passes.stream().map((pass) -> pass.pass().id()).toList();
	}

	@Test
	void whenMaintainedThenPassesThatHaveJustEndedAreKept() {
		PassStore store = createStore();
		store.prepare(pass(null, 2L), "1");
		use(store, this.id, 1);
		store.maintain();
		assertThat(Objects.requireNonNull(store.find(this.id)).isExhausted()).isTrue();
	}

	@RepeatedTest(5)
	void whenManyUseAPassAtOnceThenEachUseIsTakenOnce() throws Exception {
		PassStore store = createStore();
		store.prepare(pass(Duration.ofHours(1), 11L), "1");
		List<@Nullable PassRecord> uses = atOnce(() -> use(store, this.id, 1));
		assertThat(uses.stream().filter(Objects::nonNull)).hasSize(10);
		assertThat(uses.stream().filter(Objects::nonNull).map(PassRecord::expiresAt).distinct()).hasSize(1);
		assertThat(Objects.requireNonNull(store.find(this.id)).remaining()).isZero();
	}

	@RepeatedTest(5)
	void whenManyUseAPassAndGiveItBackThenNoUseIsLost() throws Exception {
		PassStore store = createStore();
		store.prepare(pass(null, 11L), "1");
		store.start(this.id);
		atOnce(() -> {
			PassOperation operation = PassOperation.of(this.id, 1);
			PassRecord used = store.use(operation, null);
			if (used != null) {
				assertThat(used.used()).isLessThanOrEqualTo(11);
				store.giveBack(operation, 1);
			}
			return used;
		});
		assertThat(Objects.requireNonNull(store.find(this.id)).remaining()).isEqualTo(10);
	}

	@RepeatedTest(5)
	void whenOnePassIsPreparedManyTimesAtOnceThenItIsOnePass() throws Exception {
		PassStore store = createStore();
		atOnce(() -> {
			store.prepare(pass(null, 11L), "1");
			return use(store, this.id, 1);
		});
		assertThat(Objects.requireNonNull(store.find(this.id)).remaining()).isZero();
	}

	@Test
	void whenAnotherTokenOpensThePassThenAReplacedOneTakesAndStartsNothing() {
		PassStore store = createStore();
		store.prepare(pass(Duration.ofHours(1), 4L), "1");
		store.prepare(new NewPass(this.id, "b".repeat(64), paid(), "scope", Duration.ofHours(1), 4L), "2");
		assertThat(store.use(PassOperation.of(this.id, 1), "a".repeat(64))).isNull();
		assertThat(Objects.requireNonNull(store.find(this.id)).started()).isFalse();
		assertThat(Objects.requireNonNull(store.use(PassOperation.of(this.id, 1), "b".repeat(64))).used()).isEqualTo(2);
		assertThat(store.use(PassOperation.of(this.id, 1), "a".repeat(64))).isNull();
		assertThat(Objects.requireNonNull(createStore().find(this.id)).used()).isEqualTo(2);
		assertThat(Objects.requireNonNull(store.use(PassOperation.of(this.id, 1), null)).used()).isEqualTo(3);
		store.revoke(this.id);
		assertThat(store.use(PassOperation.of(this.id, 1), "b".repeat(64))).isNull();
	}

	@Test
	void whenUsesAreTakenInAmountsThenAllOfThemOrNone() {
		PassStore store = createStore();
		store.prepare(pass(null, 100L), "1", 30);
		assertThat(Objects.requireNonNull(store.start(this.id)).remaining()).isEqualTo(70);
		PassOperation sixty = PassOperation.of(this.id, 60);
		assertThat(Objects.requireNonNull(store.use(sixty, null)).remaining()).isEqualTo(10);
		assertThat(use(store, this.id, 11)).isNull();
		assertThat(Objects.requireNonNull(store.find(this.id)).remaining()).isEqualTo(10);
		store.giveBack(sixty, 60);
		PassOperation seventy = PassOperation.of(this.id, 70);
		assertThat(Objects.requireNonNull(store.use(seventy, null)).isExhausted()).isTrue();
		assertThat(use(store, this.id, 1)).isNull();
		store.giveBack(seventy, 101);
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(30);
	}

	@Test
	void whenAmountsAreLargeThenTheyAreExact() {
		PassStore store = createStore();
		store.prepare(pass(null, Long.MAX_VALUE), "1", 1);
		store.start(this.id);
		assertThat(use(store, this.id, Long.MAX_VALUE)).isNull();
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(1);
		PassOperation large = PassOperation.of(this.id, Long.MAX_VALUE - 2);
		assertThat(Objects.requireNonNull(store.use(large, null)).remaining()).isEqualTo(1);
		assertThat(use(store, this.id, 2)).isNull();
		assertThat(Objects.requireNonNull(use(store, this.id, 1)).used()).isEqualTo(Long.MAX_VALUE);
		assertThat(use(store, this.id, 1)).isNull();
		store.giveBack(large, Long.MAX_VALUE - 2);
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(2);
	}

	@Test
	void whenPassIsPreparedAgainThenWhatTheCallTakesIsNotTakenAgain() {
		PassStore store = createStore();
		store.prepare(pass(null, 100L), "1", 30);
		use(store, this.id, 20);
		store.prepare(pass(null, 100L), "1", 30);
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(50);
	}

	@Test
	void whenAUseIsExecutedAgainThenItIsTakenOnce() {
		PassStore store = createStore();
		store.prepare(pass(null, 100L), "1", 30);
		PassOperation operation = PassOperation.of(this.id, 70);
		assertThat(Objects.requireNonNull(store.use(operation, null)).used()).isEqualTo(100);
		PassRecord again = Objects.requireNonNull(createStore().use(operation, null));
		assertThat(again.pass()).isEqualTo(pass(null, 100L));
		assertThat(again.used()).isEqualTo(100);
		store.giveBack(operation, 20);
		assertThat(store.use(operation, null)).isNull();
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(80);
		assertThat(Objects.requireNonNull(use(store, this.id, 20)).isExhausted()).isTrue();
	}

	@Test
	void whenAUseIsGivenBackAgainThenItIsGivenBackOnce() {
		PassStore store = createStore();
		store.prepare(pass(null, 100L), "1", 10);
		PassOperation operation = PassOperation.of(this.id, 50);
		store.use(operation, null);
		use(store, this.id, 40);
		for (int i = 0; i < 3; i++) {
			createStore().giveBack(operation, 30);
			assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(70);
		}
	}

	@Test
	void whenAUseComesAfterItWasGivenBackThenItTakesNothing() {
		PassStore store = createStore();
		store.prepare(pass(Duration.ofHours(1), 100L), "1", 10);
		PassOperation operation = PassOperation.of(this.id, 50);
		store.giveBack(operation, 50);
		store.giveBack(operation, 50);
		assertThat(createStore().use(operation, "a".repeat(64))).isNull();
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(10);
		store.giveBack(operation, 50);
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(10);
		assertThat(Objects.requireNonNull(use(store, this.id, 50)).used()).isEqualTo(60);
	}

	@Test
	void whenAUseComesMinutesAfterItWasGivenBackThenItTakesNothing() {
		PassStore store = createStore();
		store.prepare(pass(null, 100L), "1", 10);
		PassOperation taken = PassOperation.of(this.id, 20);
		PassOperation late = PassOperation.of(this.id, 30);
		store.use(taken, null);
		store.giveBack(taken, 20);
		store.giveBack(late, 30);
		ageOperations(PassStore.GIVEN_BACK_KEPT.minusMinutes(1));
		store.keep(late);
		store.maintain();
		assertThat(store.use(taken, null)).isNull();
		assertThat(store.use(late, null)).isNull();
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(10);
	}

	@Test
	void whenAUseWasNotGrantedThenNothingIsGivenBack() {
		PassStore store = createStore();
		store.prepare(pass(null, 100L), "1", 60);
		store.start(this.id);
		PassOperation operation = PassOperation.of(this.id, 50);
		assertThat(store.use(operation, null)).isNull();
		store.giveBack(operation, 50);
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(60);
	}

	@Test
	void whenAnOperationHasAnotherNumberOrPassThenItIsAnotherOne() {
		PassStore store = createStore();
		store.prepare(pass(null, 100L), "1", 10);
		PassOperation operation = PassOperation.of(this.id, 50);
		store.use(operation, null);
		store.giveBack(new PassOperation(this.id, operation.id(), 60), 60);
		store.giveBack(new PassOperation("0".repeat(32), operation.id(), 50), 50);
		assertThat(store.use(new PassOperation(this.id, operation.id(), 20), null)).isNull();
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(60);
		store.giveBack(operation, 50);
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(10);
	}

	/**
	 * The last uses are given back, so that the pass must not be forgotten.
	 */
	@Test
	void whenPassIsUsedUpThenAnOperationThatHasTakenNothingChangesNothing() {
		PassStore store = createStore();
		store.prepare(pass(null, 10L), "1", 4);
		PassOperation last = PassOperation.of(this.id, 6);
		store.use(last, null);
		store.giveBack(PassOperation.of(this.id, 6), 6);
		assertThat(Objects.requireNonNull(store.find(this.id)).isExhausted()).isTrue();
		store.giveBack(last, 6);
		age(pass(null, 10L), PassStore.KEPT.plusDays(1));
		store.maintain();
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(4);
	}

	@Test
	void whenOperationsAreOldThenTheyAreForgottenAndThoseThatAreKeptAreNot() {
		PassStore store = createStore();
		store.prepare(pass(null, 100L), "1", 10);
		PassOperation gone = PassOperation.of(this.id, 20);
		PassOperation kept = PassOperation.of(this.id, 30);
		store.use(gone, null);
		store.use(kept, null);
		ageOperations(PassStore.OPERATION_KEPT.minusMinutes(10));
		store.maintain();
		store.use(gone, null);
		store.keep(kept);
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(60);
		ageOperations(Duration.ofMinutes(20));
		store.maintain();
		store.giveBack(gone, 20);
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(60);
		store.giveBack(kept, 30);
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(30);
	}

	/**
	 * One operation, used and given back by many at once: it has happened at most once in
	 * the end, and whoever is told that it was taken is right unless it was given back.
	 */
	@RepeatedTest(5)
	void whenAnOperationIsUsedAndGivenBackAtOnceThenNothingIsTakenInTheEnd(RepetitionInfo repetition) throws Exception {
		PassStore store = createStore();
		PassStore other = createStore();
		store.prepare(pass(null, 100L), "1", 10);
		PassOperation operation = PassOperation.of(this.id, 50);
		boolean givenBack = repetition.getCurrentRepetition() > 2;
		AtomicInteger threads = new AtomicInteger();
		List<@Nullable PassRecord> used = atOnce(() -> {
			int thread = threads.getAndIncrement();
			if (givenBack && thread % 2 == 0) {
				store.giveBack(operation, 50);
				return null;
			}
			return other.use(operation, null);
		});
		assertThat(used.stream().filter(Objects::nonNull).map(PassRecord::used)).allMatch((sum) -> sum == 60);
		assertThat(Objects.requireNonNull(store.find(this.id)).used()).isEqualTo(givenBack ? 10 : 60);
	}

	/**
	 * Any steps in any order, repeated, late and lost, leave what a plain model says: an
	 * operation is new, has taken its uses, or was given back.
	 */
	@RepeatedTest(3)
	void whenStepsAreRandomThenTheSumIsThatOfTheModel(RepetitionInfo repetition) {
		Random random = new Random(repetition.getCurrentRepetition());
		PassStore store = createStore();
		long first = 1L + random.nextInt(50);
		store.prepare(pass(null, 1000L), "1", first);
		List<PassOperation> operations = new ArrayList<>();
		Map<PassOperation, Long> left = new HashMap<>();
		for (int step = 0; step < 300; step++) {
			long sum = first + left.values().stream().mapToLong(Long::longValue).sum();
			boolean repeats = !operations.isEmpty() && random.nextInt(3) == 0;
			PassOperation operation = repeats ? any(random, operations)
					: PassOperation.of(this.id, 1 + random.nextInt(300));
			operations.add(operation);
			if (random.nextInt(20) == 0) {
				store.prepare(pass(null, 1000L), "1", 1 + random.nextInt(50));
			}
			else if (random.nextInt(3) == 0) {
				long uses = 1 + random.nextLong(operation.uses());
				store.giveBack(operation, uses);
				left.merge(operation, 0L, (taken, zero) -> (taken == operation.uses()) ? taken - uses : taken);
				operations.addAll(List.of(operation, operation));
			}
			else {
				boolean granted = left.containsKey(operation) ? left.get(operation) == operation.uses()
						: sum + operation.uses() <= 1000;
				assertThat(store.use(operation, null) != null).isEqualTo(granted);
				if (granted) {
					left.put(operation, operation.uses());
				}
			}
			assertThat(Objects.requireNonNull(store.find(this.id)).used())
				.isEqualTo(first + left.values().stream().mapToLong(Long::longValue).sum());
		}
	}

	/**
	 * As many debits as the property {@code x402.debits} says, from {@value #THREADS}
	 * threads and two stores. What they ask for is more than there is.
	 */
	@Test
	void whenManyTakeAmountsAtOnceThenTheSumIsExactAndNoMoreThanThereIs() throws Exception {
		PassStore first = createStore();
		PassStore second = createStore();
		int debits = Math.max(1, DEBITS / THREADS);
		long balance = 4L * debits * THREADS;
		first.prepare(pass(null, balance), "1", 7);
		first.start(this.id);
		AtomicInteger threads = new AtomicInteger();
		List<Long> sums = atOnce(() -> {
			int thread = threads.getAndIncrement();
			return debit((thread % 2 == 0) ? first : second, debits, balance, new Random(thread));
		});
		long sum = 7 + sums.stream().mapToLong(Long::longValue).sum();
		assertThat(Objects.requireNonNull(first.find(this.id)).used()).isEqualTo(sum).isLessThanOrEqualTo(balance);
		assertThat(sum).isGreaterThan(balance - 13);
		assertThat(use(first, this.id, balance - sum + 1)).isNull();
	}

	/**
	 * Return what was taken and not given back.
	 */
	private long debit(PassStore store, int debits, long balance, Random random) {
		long sum = 0;
		for (int i = 0; i < debits; i++) {
			long uses = 1 + random.nextInt(13);
			PassOperation operation = PassOperation.of(this.id, uses);
			PassRecord used = store.use(operation, null);
			if (used != null && i % 5 == 4) {
				store.giveBack(operation, uses);
			}
			else if (used != null) {
				assertThat(used.used()).isLessThanOrEqualTo(balance);
				sum += uses;
			}
		}
		return sum;
	}

	private <T extends @Nullable Object> List<T> atOnce(Callable<T> step)
			throws InterruptedException, ExecutionException {
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try {
			CyclicBarrier start = new CyclicBarrier(THREADS);
			List<Future<T>> running = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				running.add(threads.submit(() -> {
					start.await(60, TimeUnit.SECONDS);
					return step.call();
				}));
			}
			List<T> results = new ArrayList<>();
			for (Future<T> future : running) {
				results.add(future.get());
			}
			return results;
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static @Nullable PassRecord use(PassStore store, String id, long uses) {
		return store.use(PassOperation.of(id, uses), null);
	}

	private NewPass pass(@Nullable Duration duration, @Nullable Long uses) {
		return new NewPass(this.id, "a".repeat(64), paid(), "scope", duration, uses);
	}

	private static NewPass.Paid paid() {
		return new NewPass.Paid("eip155:84532", "0xasset", AMOUNT, "0xPayTo", "0xPayer", null);
	}

}
