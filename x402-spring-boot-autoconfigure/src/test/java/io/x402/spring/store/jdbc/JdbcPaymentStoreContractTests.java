/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.jdbc;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimId;
import io.x402.spring.store.ClaimState;
import io.x402.spring.store.DuplicateTransactionException;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.Sale;
import io.x402.spring.store.StaleClaimException;
import io.x402.spring.store.tck.PaymentStoreContractTests;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The contract for {@link JdbcPaymentStore} and what is particular to databases.
 */
abstract class JdbcPaymentStoreContractTests extends PaymentStoreContractTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private static final byte[] REQUEST = { 1, 2, 3 };

	private static final byte[] ANSWER = { 4, 5, 6 };

	private final List<HikariDataSource> pools = new ArrayList<>();

	private @Nullable DataSource ledgers;

	/**
	 * Return a pool of connections to the database of this test.
	 * @param size most connections
	 * @return the pool
	 */
	abstract HikariDataSource pool(int size);

	abstract String platform();

	@Override
	protected PaymentStore createStore(Duration lease) {
		return new JdbcPaymentStore(dataSource(4), new PaymentCodec(), lease, TIMEOUT);
	}

	@Override
	protected synchronized PaymentLedger createLedger() {
		if (this.ledgers == null) {
			this.ledgers = dataSource(4);
		}
		return new JdbcPaymentLedger(this.ledgers, TIMEOUT);
	}

	@AfterEach
	void close() {
		this.pools.forEach(HikariDataSource::close);
	}

	final DataSource dataSource(int size) {
		HikariDataSource pool = pool(size);
		this.pools.add(pool);
		if (this.pools.size() == 1) {
			createTable(pool);
			createTable(pool);
		}
		return pool;
	}

	private void createTable(DataSource dataSource) {
		DatabasePopulatorUtils.execute(new ResourceDatabasePopulator(
				new ClassPathResource("schema-" + platform() + ".sql", JdbcPaymentStore.class)), dataSource);
	}

	@Test
	void whenCallerRollsBackThenTheClaimAndItsBooksStay() {
		DataSource dataSource = dataSource(2);
		PaymentStore store = store(dataSource);
		NewClaim request = request();
		new TransactionTemplate(new JdbcTransactionManager(dataSource)).executeWithoutResult((status) -> {
			Claim verified = store.advance(claim(store, request), ClaimChange.verified());
			store.advance(verified, ClaimChange.settling(REQUEST, ResponseRecord.stored(ANSWER)));
			status.setRollbackOnly();
		});
		assertThat(store.find(request.key())).isNotNull().extracting(Claim::state).isEqualTo(ClaimState.SETTLING);
		assertThat(events(request)).containsExactly(LedgerEvent.VERIFIED);
	}

	@Test
	void whenCallerHasASnapshotThenTheCurrentStateIsSeenAndItsTransactionGoesOn() {
		DataSource dataSource = dataSource(3);
		PaymentStore store = store(dataSource);
		SettlementResponse receipt = SettlementResponse.success("0x" + System.nanoTime(), "eip155:1", "payer");
		store.advance(settling(store, request()), ClaimChange.settled(receipt, null, false));
		NewClaim request = request();
		TransactionTemplate caller = new TransactionTemplate(new JdbcTransactionManager(dataSource));
		caller.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
		caller.executeWithoutResult((status) -> {
			JdbcClient jdbc = JdbcClient.create(dataSource);
			assertThat(count(jdbc, request.key())).isZero();
			Claim claim = settling(store, request);
			assertThat(store.claim(request)).isNull();
			assertThat(store.find(request.key())).isEqualTo(claim);
			assertThatExceptionOfType(DuplicateTransactionException.class)
				.isThrownBy(() -> store.advance(claim, ClaimChange.settled(receipt, null, false)));
			assertThat(count(jdbc, request.key())).isZero();
		});
	}

	@Test
	void whenSubscriberWorksThenNoConnectionIsHeld() {
		DataSource dataSource = dataSource(1);
		PaymentStore store = store(dataSource);
		NewClaim request = request();
		Claim settled = settle(store, request);
		PaymentLedger ledger = new JdbcPaymentLedger(dataSource, TIMEOUT);
		List<Claim> found = new ArrayList<>();
		while (ledger.publish(1, (entry) -> {
			if (entry.sale().equals(purchase(request).id())) {
				found.add(store.find(request.key()));
			}
		}) > 0) {
			// Until the one of this test is among them
		}
		assertThat(found).containsExactly(settled);
	}

	@Test
	void whenAPublisherDiesThenItsEntriesAreHandedOverLater() {
		DataSource dataSource = dataSource(2);
		PaymentLedger ledger = new JdbcPaymentLedger(dataSource, TIMEOUT);
		publishAll(ledger, (entry) -> {
		});
		NewClaim request = request();
		settle(store(dataSource), request);
		List<String> handedOver = new ArrayList<>();
		publishAll(ledger, (entry) -> {
			List<String> meanwhile = new ArrayList<>();
			publishAll(ledger, (other) -> meanwhile.add(other.sale()));
			assertThat(meanwhile).doesNotContain(entry.sale());
			JdbcClient.create(dataSource)
				.sql("UPDATE x402_ledger SET publish_at = publish_at - 31000 WHERE purchase = ?")
				.param(entry.sale())
				.update();
			publishAll(ledger, (other) -> meanwhile.add(other.sale()));
			assertThat(meanwhile).containsOnlyOnce(entry.sale());
			handedOver.add(entry.sale());
		});
		assertThat(handedOver).containsOnlyOnce(purchase(request).id());
	}

	@Test
	void whenASubscriberFailsThenOnlyWhatItDidNotTakeIsHandedOverAgain() {
		DataSource dataSource = dataSource(2);
		PaymentStore store = store(dataSource);
		PaymentLedger ledger = new JdbcPaymentLedger(dataSource, TIMEOUT);
		publishAll(ledger, (entry) -> {
		});
		List<String> purchases = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			NewClaim request = request();
			settle(store, request);
			purchases.add(purchase(request).id());
		}
		List<String> taken = new ArrayList<>();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> ledger.publish(10, (entry) -> {
			if (taken.size() == 1) {
				throw new IllegalStateException("Listener failed");
			}
			taken.add(entry.sale());
		}));
		publishAll(ledger, (entry) -> taken.add(entry.sale()));
		assertThat(taken).containsExactlyElementsOf(purchases);
	}

	@Test
	void whenFacilitatorTakesSecondsThenTwoConnectionsAreEnoughForMany() throws Exception {
		HikariDataSource pool = (HikariDataSource) dataSource(2);
		pool.setConnectionTimeout(10_000);
		PaymentStore store = store(pool);
		ExecutorService executor = Executors.newFixedThreadPool(50);
		try {
			List<Future<Claim>> settled = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				settled.add(executor.submit(() -> {
					Claim settling = store.advance(claim(store, request()),
							ClaimChange.settling(REQUEST, ResponseRecord.stored(ANSWER)));
					elapse(Duration.ofMillis(3000));
					return store.advance(settling, settled(Duration.ofMinutes(5)));
				}));
			}
			for (Future<Claim> claim : settled) {
				assertThat(claim.get(60, TimeUnit.SECONDS).state()).isEqualTo(ClaimState.SETTLED);
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void whenTimeOfRedeliveryIsOverThenTheAnswerIsDeleted() throws InterruptedException {
		DataSource dataSource = dataSource(2);
		PaymentStore store = store(dataSource);
		Claim over = settle(store, request(), Duration.ofMillis(1));
		Claim current = settle(store, request(), Duration.ofMinutes(5));
		Claim none = settle(store, request(), null);
		elapse(Duration.ofMillis(50));
		store.maintain();
		String sql = "SELECT id FROM x402_claim WHERE answer IS NOT NULL AND id IN (?, ?, ?)";
		assertThat(JdbcClient.create(dataSource)
			.sql(sql)
			.params(ClaimId.of(over.key()), ClaimId.of(current.key()), ClaimId.of(none.key()))
			.query(String.class)
			.list()).containsExactly(ClaimId.of(current.key()));
		assertThat(store.response(current)).isEqualTo(ResponseRecord.stored(ANSWER));
	}

	@Test
	void whenAnswerIsLargeThenItIsKept() {
		PaymentStore store = store(dataSource(2));
		byte[] answer = new byte[3_000_000];
		new Random(1).nextBytes(answer);
		byte[] question = new byte[60_000];
		Claim settling = store.advance(claim(store, request()),
				ClaimChange.settling(question, ResponseRecord.stored(answer)));
		assertThat(store.response(settling)).isEqualTo(ResponseRecord.stored(answer));
	}

	@Test
	void whenBooksAreOldThenTheyAreDeleted() {
		DataSource dataSource = dataSource(2);
		NewClaim old = request();
		NewClaim recent = request();
		PaymentStore store = new JdbcPaymentStore(dataSource, new PaymentCodec(), Duration.ofMinutes(1), TIMEOUT,
				Duration.ofDays(2));
		store.advance(claim(store, old), ClaimChange.verified());
		store.advance(claim(store, recent), ClaimChange.verified());
		JdbcClient.create(dataSource)
			.sql("UPDATE x402_ledger SET written_at = written_at - 259200000 WHERE purchase = ?")
			.param(purchase(old).id())
			.update();
		store(dataSource).maintain();
		assertThat(events(old)).isNotEmpty();
		store.maintain();
		assertThat(events(old)).isEmpty();
		assertThat(events(recent)).containsExactly(LedgerEvent.VERIFIED);
	}

	@Test
	void whenSomebodyElsesTextIsLongThenTheStepIsTakenAndBooked() {
		PaymentStore store = store(dataSource(2));
		NewClaim request = request();
		Claim claim = settling(store, request);
		store.advance(claim, ClaimChange.pending("\0" + "x".repeat(5000), Duration.ofMinutes(1)));
		assertThat(entries(request)).last().extracting(LedgerEntry::transaction).isEqualTo("x".repeat(128));
	}

	@Test
	void whenSomebodyIsTooLateThenTheFasterOneStaysAlive() throws InterruptedException {
		DataSource dataSource = dataSource(2);
		PaymentStore store = new JdbcPaymentStore(dataSource, new PaymentCodec(), Duration.ofSeconds(1), TIMEOUT);
		Claim settled = settle(store, request());
		Claim rerunning = store.advance(settled, ClaimChange.rerunning());
		assertThatExceptionOfType(StaleClaimException.class)
			.isThrownBy(() -> store.advance(settled, ClaimChange.rerunning()));
		for (int i = 0; i < 10; i++) {
			store.renew(List.of(rerunning));
			elapse(Duration.ofMillis(150));
		}
		assertThat(store.find(rerunning.key())).isEqualTo(rerunning);
	}

	@Test
	void whenSomebodyElseWorksOnAClaimThenItsFirstOwnerDoesNotKeepItAlive() throws InterruptedException {
		DataSource dataSource = dataSource(2);
		PaymentStore slow = new JdbcPaymentStore(dataSource, new PaymentCodec(), Duration.ofMillis(200), TIMEOUT);
		Claim settling = slow.advance(claim(slow, request()),
				ClaimChange.settling(REQUEST, ResponseRecord.stored(ANSWER)));
		elapse(Duration.ofMillis(400));
		PaymentStore other = new JdbcPaymentStore(dataSource, new PaymentCodec(), Duration.ofMillis(200), TIMEOUT);
		Claim taken = other.find(settling.key());
		assertThat(taken).isNotNull().extracting(Claim::state).isEqualTo(ClaimState.PENDING);
		Claim again = other.advance(taken,
				ClaimChange.settled(SettlementResponse.success("0x" + UUID.randomUUID(), "eip155:1", "payer"),
						Duration.ofMinutes(5), true));
		elapse(Duration.ofMillis(400));
		assertThat(slow.renew(List.of(settling))).containsExactly(settling);
		assertThat(slow.find(again.key())).isNotNull().returns(false, Claim::active);
	}

	@Test
	void whenValueIsRefusedThenNothingOfItIsTold() {
		PaymentStore store = store(dataSource(2));
		AuthorizationKey key = new AuthorizationKey("eip155:1", "asset", "payer", "secret".repeat(100));
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> store.claim(new NewClaim(key, "a", "b", Instant.now().plusSeconds(60), null)))
			.withMessageContaining("SQL state")
			.withMessageNotContaining("secret")
			.withNoCause();
	}

	@Test
	void whenTableIsMissingThenSaysWhatToDo() {
		DataSource dataSource = dataSource(1);
		JdbcClient.create(dataSource).sql("DROP TABLE x402_claim").update();
		PaymentStore store = store(dataSource);
		assertTold(store::maintain);
		createTable(dataSource);
		store.maintain();
	}

	@Test
	void whenTableIsAnOldOneThenSaysWhatToDo() {
		DataSource dataSource = dataSource(1);
		JdbcClient jdbc = JdbcClient.create(dataSource);
		PaymentStore store = store(dataSource);
		jdbc.sql("ALTER TABLE x402_claim DROP COLUMN attempts").update();
		try {
			NewClaim request = request();
			assertTold(() -> store.find(request.key()));
			assertTold(() -> store.claim(request));
			jdbc.sql("DROP TABLE x402_ledger").update();
			assertTold(() -> new JdbcPaymentLedger(dataSource, TIMEOUT).find(LedgerQuery.all(1)));
		}
		finally {
			jdbc.sql("DROP TABLE x402_claim").update();
			createTable(dataSource);
		}
	}

	private static void assertTold(ThrowingCallable step) {
		assertThatExceptionOfType(PaymentStoreException.class).isThrownBy(step)
			.withMessageContaining("x402_claim")
			.withMessageContaining("schema-*.sql");
	}

	private static PaymentStore store(DataSource dataSource) {
		return new JdbcPaymentStore(dataSource, new PaymentCodec(), Duration.ofMinutes(1), TIMEOUT);
	}

	private static NewClaim request() {
		String unique = UUID.randomUUID().toString();
		return new NewClaim(new AuthorizationKey("eip155:1", "asset", "payer", "nonce-" + unique), "a", "b",
				Instant.ofEpochMilli(System.currentTimeMillis() + 60_000),
				new Sale(unique, "GET /", "exact", BigInteger.TEN, "0xSeller", "0xBuyer"));
	}

	private static Claim claim(PaymentStore store, NewClaim request) {
		return Objects.requireNonNull(store.claim(request));
	}

	private static Claim settle(PaymentStore store, NewClaim request) {
		return settle(store, request, Duration.ofMinutes(5));
	}

	private static Claim settle(PaymentStore store, NewClaim request, @Nullable Duration deliverableFor) {
		return store.advance(settling(store, request), settled(deliverableFor));
	}

	private static Claim settling(PaymentStore store, NewClaim request) {
		return store.advance(claim(store, request), ClaimChange.settling(REQUEST, ResponseRecord.stored(ANSWER)));
	}

	private static ClaimChange settled(@Nullable Duration deliverableFor) {
		return ClaimChange.settled(SettlementResponse.success("0x" + UUID.randomUUID(), "eip155:1", "payer"),
				deliverableFor, false);
	}

	private static void publishAll(PaymentLedger ledger, Consumer<LedgerEntry> subscriber) {
		int published;
		do {
			published = ledger.publish(1, subscriber);
		}
		while (published > 0);
	}

	private List<LedgerEntry> entries(NewClaim request) {
		return createLedger().find(new LedgerQuery(null, null, null, null, null, purchase(request).id(), null, 100));
	}

	private List<LedgerEvent> events(NewClaim request) {
		return entries(request).stream().map(LedgerEntry::event).toList();
	}

	private static Sale purchase(NewClaim request) {
		return Objects.requireNonNull(request.sale());
	}

	private static long count(JdbcClient jdbc, AuthorizationKey key) {
		return jdbc.sql("SELECT COUNT(*) FROM x402_claim WHERE id = ?")
			.param(ClaimId.of(key))
			.query(Long.class)
			.single();
	}

}
