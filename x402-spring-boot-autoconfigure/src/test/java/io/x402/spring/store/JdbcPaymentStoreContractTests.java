package io.x402.spring.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.x402.spring.payment.Claim;
import io.x402.spring.payment.ClaimKey;
import io.x402.spring.payment.ClaimState;
import io.x402.spring.payment.DuplicateTransactionException;
import io.x402.spring.payment.PaymentStore;
import io.x402.spring.payment.PaymentStoreException;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.tck.PaymentStoreContractTests;
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

	private final List<HikariDataSource> pools = new ArrayList<>();

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
	void whenCallerRollsBackThenTheClaimStays() {
		DataSource dataSource = dataSource(2);
		PaymentStore store = new JdbcPaymentStore(dataSource, new PaymentCodec(), Duration.ofMinutes(1), TIMEOUT);
		ClaimKey key = new ClaimKey("eip155:1", "asset", "payer", "nonce-" + System.nanoTime());
		new TransactionTemplate(new JdbcTransactionManager(dataSource)).executeWithoutResult((status) -> {
			store.advance(claim(store, key), ClaimState.SETTLING, null);
			status.setRollbackOnly();
		});
		assertThat(store.find(key)).isNotNull().extracting(Claim::state).isEqualTo(ClaimState.SETTLING);
	}

	@Test
	void whenCallerHasASnapshotThenTheCurrentStateIsSeenAndItsTransactionGoesOn() {
		DataSource dataSource = dataSource(3);
		PaymentStore store = new JdbcPaymentStore(dataSource, new PaymentCodec(), Duration.ofMinutes(1), TIMEOUT);
		ClaimKey key = new ClaimKey("eip155:1", "asset", "payer", "nonce-" + System.nanoTime());
		SettlementResponse receipt = SettlementResponse.success("0x" + System.nanoTime(), "eip155:1", "payer");
		store.advance(claim(store, new ClaimKey("eip155:1", "asset", "other", key.nonce())), ClaimState.SETTLED,
				receipt);
		TransactionTemplate caller = new TransactionTemplate(new JdbcTransactionManager(dataSource));
		caller.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
		caller.executeWithoutResult((status) -> {
			JdbcClient jdbc = JdbcClient.create(dataSource);
			assertThat(count(jdbc, key)).isZero();
			Claim claim = claim(store, key);
			assertThat(store.claim(key, "b", Instant.now().plusSeconds(60))).isNull();
			assertThat(store.find(key)).isEqualTo(claim);
			assertThatExceptionOfType(DuplicateTransactionException.class)
				.isThrownBy(() -> store.advance(claim, ClaimState.SETTLED, receipt));
			assertThat(count(jdbc, key)).isZero();
		});
	}

	@Test
	void whenTableIsMissingThenSaysWhatToDo() {
		DataSource dataSource = dataSource(1);
		JdbcClient.create(dataSource).sql("DROP TABLE x402_claim").update();
		PaymentStore store = new JdbcPaymentStore(dataSource, new PaymentCodec(), Duration.ofMinutes(1), TIMEOUT);
		assertThatExceptionOfType(PaymentStoreException.class).isThrownBy(store::maintain)
			.withMessageContaining("x402_claim")
			.withMessageContaining("schema-*.sql");
		createTable(dataSource);
		store.maintain();
	}

	private static Claim claim(PaymentStore store, ClaimKey key) {
		Claim claim = store.claim(key, "a", Instant.ofEpochMilli(System.currentTimeMillis() + 60_000));
		assertThat(claim).isNotNull();
		return claim;
	}

	private static long count(JdbcClient jdbc, ClaimKey key) {
		return jdbc.sql("SELECT COUNT(*) FROM x402_claim WHERE id = ?")
			.param(ClaimId.of(key))
			.query(Long.class)
			.single();
	}

}
