/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.store;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.autoconfigure.X402AutoConfiguration;
import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.payment.DelegatingPaymentStore;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.Sale;
import io.x402.spring.store.Servers;
import io.x402.spring.store.jdbc.JdbcStores;
import io.x402.spring.store.redis.RedisStores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testcontainers.containers.GenericContainer;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.connection.stream.RecordId;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class X402StoreAutoConfigurationTests {

	private static final Sale PURCHASE = new Sale("purchase", "GET /", "exact", BigInteger.TEN, "seller", "buyer");

	private static final String LEDGER_KEY = "x402:{part-0}:ledger";

	private static final AuthorizationKey KEY = new AuthorizationKey("eip155:1", "asset", "payer", "nonce");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("x402.facilitator.type=simulated")
		.withConfiguration(AutoConfigurations.of(X402StoreAutoConfiguration.class, X402AutoConfiguration.class,
				X402PaymentAutoConfiguration.class, X402FacilitatorAutoConfiguration.class));

	private final ApplicationContextRunner withDatabase = this.runner.withPropertyValues("x402.store.type=jdbc")
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class));

	private final ApplicationContextRunner withRedis = this.runner.withPropertyValues("x402.store.type=redis")
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class));

	@Test
	void whenNothingIsSharedThenMemory() {
		this.runner.run((context) -> {
			assertThat(context).getBean(PaymentStore.class).isInstanceOf(InMemoryPaymentStore.class);
			assertThat(context).doesNotHaveBean("x402StoreMaintenance");
		});
	}

	@Test
	void whenDatabaseIsEmbeddedThenJdbcWithTable() {
		this.withDatabase.run((context) -> {
			PaymentStore store = context.getBean(PaymentStore.class);
			assertThat(store.getClass()).hasPackage(JdbcStores.class.getPackage());
			Claim claim = store.claim(new NewClaim(KEY, "a", "b", Instant.now().plusSeconds(60), PURCHASE));
			assertThat(claim).isNotNull();
			store.advance(claim, ClaimChange.verified());
			assertThat(JdbcClient.create(context.getBean(DataSource.class))
				.sql("SELECT COUNT(*) FROM x402_claim")
				.query(Integer.class)
				.single()).isOne();
			assertThat(context.getBean(PaymentLedger.class).getClass()).hasPackage(JdbcStores.class.getPackage());
			assertThat(context.getBean(PaymentLedger.class).find(LedgerQuery.all(10))).singleElement()
				.extracting(LedgerEntry::event)
				.isEqualTo(LedgerEvent.VERIFIED);
		});
	}

	@Test
	void whenRetentionOfTheLedgerIsSetThenOldEntriesAreDeleted() {
		this.withDatabase.withPropertyValues("x402.store.lease=300ms", "x402.ledger.retention=1h").run((context) -> {
			JdbcClient jdbc = JdbcClient.create(context.getBean(DataSource.class));
			PaymentStore store = context.getBean(PaymentStore.class);
			store.advance(store.claim(new NewClaim(KEY, "a", "b", Instant.now().plusSeconds(60), PURCHASE)),
					ClaimChange.verified());
			jdbc.sql("UPDATE x402_ledger SET written_at = written_at - 3601000").update();
			await().atMost(Duration.ofSeconds(20))
				.until(() -> context.getBean(PaymentLedger.class).find(LedgerQuery.all(10)).isEmpty());
		});
	}

	@Test
	void whenRedisThenRedis() {
		this.withRedis.run((context) -> {
			assertThat(context.getBean(PaymentStore.class).getClass()).hasPackage(RedisStores.class.getPackage());
			assertThat(context.getBean(PaymentLedger.class).getClass()).hasPackage(RedisStores.class.getPackage());
		});
	}

	@Test
	void whenRedisIsOutOfReachThenStartsAndRefusesPayments() {
		this.withRedis.withPropertyValues("spring.data.redis.url=redis://127.0.0.1:1")
			.run((context) -> assertThatExceptionOfType(PaymentStoreException.class)
				.isThrownBy(() -> context.getBean(PaymentStore.class).find(KEY)));
	}

	@Test
	void whenRetentionOfTheBooksIsSetThenRedisIsTrimmed() {
		GenericContainer<?> server = Servers.redis();
		this.withRedis
			.withPropertyValues("spring.data.redis.host=" + server.getHost(),
					"spring.data.redis.port=" + server.getMappedPort(6379), "x402.ledger.retention=24h",
					"x402.store.lease=1h")
			.run((context) -> {
				StringRedisTemplate redis = context.getBean(StringRedisTemplate.class);
				redis.delete(LEDGER_KEY);
				redis.opsForStream()
					.add(MapRecord.create(LEDGER_KEY, Map.of("event", "old")).withId(RecordId.of("1-0")));
				context.getBean(PaymentStore.class).maintain();
				assertThat(redis.opsForStream().size(LEDGER_KEY)).isZero();
			});
	}

	@Test
	void whenTypeIsNotSetThenMemoryAndAHint(CapturedOutput output) {
		this.runner
			.withConfiguration(
					AutoConfigurations.of(DataSourceAutoConfiguration.class, DataRedisAutoConfiguration.class))
			.run((context) -> {
				assertThat(context).getBean(PaymentStore.class).isInstanceOf(InMemoryPaymentStore.class);
				assertThat(JdbcClient.create(context.getBean(DataSource.class))
					.sql("SELECT COUNT(*) FROM information_schema.tables WHERE LOWER(table_name) = 'x402_claim'")
					.query(Integer.class)
					.single()).isZero();
				assertThat(output).containsOnlyOnce("Set x402.store.type=jdbc");
			});
	}

	@Test
	void whenSeveralDataSourcesAndNoneIsPrimaryThenStartFails() {
		this.runner.withPropertyValues("x402.store.type=jdbc")
			.withBean("first", DataSource.class, DriverManagerDataSource::new)
			.withBean("second", DataSource.class, DriverManagerDataSource::new)
			.run((context) -> assertThat(Startup.failure(context).getDescription()).contains("x402.store.type", "jdbc",
					"no DataSource bean, or more than one"));
	}

	@Test
	void whenTypeIsNotAvailableThenStartFails() {
		this.runner.withPropertyValues("x402.store.type=jdbc")
			.run((context) -> assertThat(Startup.failure(context).getAction()).contains("spring.datasource.url"));
		this.withDatabase.withPropertyValues("x402.store.type=redis")
			.run((context) -> assertThat(Startup.failure(context).getDescription()).contains("x402.store.type", "redis",
					"no StringRedisTemplate bean"));
	}

	@Test
	void whenLibraryOfTypeIsAbsentThenFailureNamesTheStarter() {
		this.runner.withPropertyValues("x402.store.type=jdbc")
			.withClassLoader(new FilteredClassLoader(JdbcClient.class))
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("x402.store.type"));
	}

	@Test
	void whenApplicationHasAStoreThenItIsUsedAndMaintained() {
		CountingStore store = new CountingStore();
		this.withDatabase.withBean(PaymentStore.class, () -> store)
			.withPropertyValues("x402.store.lease=150ms")
			.run((context) -> {
				assertThat(context).getBean(PaymentStore.class).isSameAs(store);
				await().atMost(Duration.ofSeconds(20)).until(() -> store.rounds.get() > 2);
			});
		int rounds = store.rounds.get();
		await().during(Duration.ofMillis(400)).until(() -> store.rounds.get() == rounds);
	}

	@Test
	void whenMaintenanceFailsThenSaysSoOnceAndGoesOn(CapturedOutput output) {
		CountingStore store = new CountingStore();
		store.failing.set(true);
		this.runner.withBean(PaymentStore.class, () -> store)
			.withPropertyValues("x402.store.lease=60ms")
			.run((context) -> {
				await().atMost(Duration.ofSeconds(20)).until(() -> store.rounds.get() > 3);
				assertThat(output)
					.containsOnlyOnce("Background work on the store of payments failed and will be retried: no answer");
				assertThat(output).doesNotContain("has recovered");
				store.failing.set(false);
				await().atMost(Duration.ofSeconds(20))
					.until(() -> output.getOut().contains("store of payments has recovered"));
				store.failing.set(true);
				await().atMost(Duration.ofSeconds(20))
					.until(() -> output.getOut().split("store of payments failed").length == 3);
			});
	}

	@Test
	void whenSchemaIsNeverInitializedThenNothingIsCreated() {
		this.withDatabase.withPropertyValues("x402.store.jdbc.initialize-schema=never")
			.run((context) -> assertThatExceptionOfType(PaymentStoreException.class)
				.isThrownBy(() -> context.getBean(PaymentStore.class).find(KEY))
				.withMessageContaining("schema-*.sql"));
	}

	@Test
	void whenSchemaIsAlwaysInitializedThenTheScriptAndPlatformCanBeChosen() {
		this.withDatabase
			.withPropertyValues("x402.store.jdbc.initialize-schema=always", "x402.store.jdbc.platform=mariadb",
					"spring.datasource.url=jdbc:h2:mem:chosen;MODE=MariaDB")
			.run((context) -> assertThat(context.getBean(PaymentStore.class).find(KEY)).isNull());
		this.withDatabase
			.withPropertyValues("x402.store.jdbc.initialize-schema=always",
					"x402.store.jdbc.schema=classpath:missing-@@platform@@.sql")
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("missing-h2.sql"));
	}

	@Test
	void whenDatabaseIsOutOfReachThenStartsAndRefusesPayments() {
		this.withDatabase
			.withPropertyValues("spring.datasource.url=jdbc:postgresql://127.0.0.1:1/none",
					"spring.datasource.hikari.connection-timeout=500")
			.run((context) -> assertThatExceptionOfType(PaymentStoreException.class)
				.isThrownBy(() -> context.getBean(PaymentStore.class).find(KEY)));
	}

	@Test
	void whenMemoryIsUsedWhereSeveralInstancesAreLikelyThenWarns(CapturedOutput output) {
		this.runner.run((context) -> assertThat(output).doesNotContain("x402.store.type"));
		this.withDatabase.withPropertyValues("spring.main.cloud-platform=kubernetes")
			.run((context) -> assertThat(output).doesNotContain("x402.store.type"));
		this.runner.withPropertyValues("spring.main.cloud-platform=kubernetes")
			.run((context) -> assertThat(output).contains("KUBERNETES").containsOnlyOnce("Set x402.store.type"));
	}

	private static final class CountingStore extends DelegatingPaymentStore {

		private final AtomicInteger rounds = new AtomicInteger();

		private final AtomicBoolean failing = new AtomicBoolean();

		CountingStore() {
			super(new InMemoryPaymentStore(1, Clock.systemUTC()));
		}

		@Override
		public void maintain() {
			this.rounds.incrementAndGet();
			if (this.failing.get()) {
				throw new PaymentStoreException("no answer");
			}
		}

	}

}
