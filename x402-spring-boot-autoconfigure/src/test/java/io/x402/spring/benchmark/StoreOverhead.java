/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import com.zaxxer.hikari.HikariDataSource;
import io.x402.spring.money.Networks;
import io.x402.spring.payment.PaymentDecision.Accepted;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.PaymentProcessor;
import io.x402.spring.payment.PaymentProcessorSettings;
import io.x402.spring.payment.PaymentProcessorSettings.PaymentIdentifiers;
import io.x402.spring.payment.RequestIdentity;
import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.InMemoryPaymentStore;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.Sale;
import io.x402.spring.store.Servers;
import io.x402.spring.store.jdbc.JdbcStores;
import io.x402.spring.store.redis.RedisStores;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * What the engine adds to the steps of a store that a paid request needs, from claim to
 * settled, with a facilitator that answers at once. Needs a Docker engine. Prints times
 * and ratios; it is no test.
 */
public final class StoreOverhead {

	private static final int THREADS = 16;

	private static final int ROUNDS = 7;

	private static final byte[] QUESTION = new byte[1500];

	private static final byte[] ANSWER = new byte[200];

	private static final Duration WINDOW = Duration.ofMinutes(15);

	private final BenchmarkShop shop = new BenchmarkShop();

	private final InstantFacilitator facilitator = new InstantFacilitator(BenchmarkShop.PAY_TO);

	private final AtomicInteger nonces = new AtomicInteger();

	private final PaymentOffers offers = this.shop.offers();

	private StoreOverhead() {
	}

	/**
	 * Run the benchmark.
	 * @param arguments none
	 * @throws Exception if it fails
	 */
	public static void main(String[] arguments) throws Exception {
		StoreOverhead benchmark = new StoreOverhead();
		benchmark.run("memory", new InMemoryPaymentStore(10_000_000, Clock.systemUTC()), 20_000);
		try (HikariDataSource pool = postgresql()) {
			benchmark.run("PostgreSQL", new JdbcStores(pool, Duration.ofSeconds(30)).payments(new PaymentCodec(),
					Duration.ofMinutes(1), null), 1_000);
		}
		LettuceConnectionFactory redis = redis();
		benchmark.run("Redis", new RedisStores(new StringRedisTemplate(redis)).payments(new PaymentCodec(),
				Duration.ofMinutes(1), null), 1_000);
		redis.destroy();
		System.exit(0);
	}

	static HikariDataSource postgresql() {
		PostgreSQLContainer server = Servers.postgresql();
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(server.getJdbcUrl());
		pool.setUsername(server.getUsername());
		pool.setPassword(server.getPassword());
		pool.setMaximumPoolSize(THREADS);
		DatabasePopulatorUtils.execute(
				new ResourceDatabasePopulator(new ClassPathResource("schema-postgresql.sql", JdbcStores.class)), pool);
		return pool;
	}

	static LettuceConnectionFactory redis() {
		GenericContainer<?> server = Servers.redis();
		LettuceConnectionFactory connections = new LettuceConnectionFactory(server.getHost(),
				server.getMappedPort(6379));
		connections.afterPropertiesSet();
		connections.start();
		return connections;
	}

	private void run(String name, PaymentStore store, int count) throws Exception {
		PaymentProcessor processor = PaymentProcessor
			.builder(this.facilitator, store, Networks.load(),
					new PaymentProcessorSettings(Duration.ofSeconds(2), WINDOW, WINDOW, 3, PaymentIdentifiers.OFF),
					Clock.systemUTC())
			.build();
		double[] bare = new double[ROUNDS];
		double[] paid = new double[ROUNDS];
		double[] ratios = new double[ROUNDS];
		for (int round = 0; round < ROUNDS; round++) {
			bare[round] = micros(1, count, () -> steps(store));
			paid[round] = micros(1, count, () -> pay(processor));
			ratios[round] = paid[round] / bare[round];
		}
		double together = micros(THREADS, count * 2, () -> pay(processor));
		System.out.printf(
				"%-12s steps of the store %7.1f us   paid request %7.1f us   ratio %.2f   %d threads %.0f/s%n", name,
				median(bare), median(paid), median(ratios), THREADS, 1_000_000 / together);
	}

	private static double micros(int threads, int count, Runnable work) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		long start = System.nanoTime();
		List<Future<?>> running = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			running.add(executor.submit(() -> {
				for (int j = 0; j < count / threads; j++) {
					work.run();
				}
			}));
		}
		for (Future<?> each : running) {
			each.get();
		}
		executor.shutdown();
		return (System.nanoTime() - start) / 1000.0 / count;
	}

	private static double median(double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

	/** The steps that a paid request takes, and nothing else. */
	private void steps(PaymentStore store) {
		PaymentRequirements offer = this.offers.accepts().get(0);
		AuthorizationKey key = new AuthorizationKey(offer.network(), offer.asset(), "payer", nonce());
		Sale purchase = new Sale(UUID.randomUUID().toString(), "GET /weather", offer.scheme(), offer.amount(),
				offer.payTo(), "payer");
		Claim claim = Objects.requireNonNull(store.claim(new NewClaim(key, "f".repeat(64), "p".repeat(64),
				Instant.ofEpochMilli(System.currentTimeMillis() + 3_600_000), purchase)));
		claim = store.advance(claim, ClaimChange.verified());
		claim = store.advance(claim, ClaimChange.settling(QUESTION, ResponseRecord.stored(ANSWER)));
		store.advance(claim, ClaimChange.settled(
				SettlementResponse.success(this.facilitator.transaction(), offer.network(), "payer"), WINDOW, false));
	}

	private void pay(PaymentProcessor processor) {
		PaymentRequirements offer = this.offers.accepts().get(0);
		Map<String, Object> accepted = new HashMap<>();
		accepted.put("scheme", offer.scheme());
		accepted.put("network", offer.network());
		accepted.put("amount", offer.amount().toString());
		accepted.put("asset", offer.asset());
		accepted.put("payTo", offer.payTo());
		accepted.put("maxTimeoutSeconds", offer.maxTimeoutSeconds());
		accepted.put("extra", offer.extra());
		EvmPayload.Eip3009 payload = new EvmPayload.Eip3009("0x" + "00".repeat(65), BenchmarkShop.PAY_TO, offer.payTo(),
				offer.amount(), BigInteger.ZERO, BigInteger.valueOf(Instant.now().getEpochSecond() + 300), nonce());
		Accepted decision = (Accepted) processor.process(this.offers,
				new PaymentPayload.V2(2, null, accepted, payload.toMap(), null),
				new RequestIdentity("GET /weather", "f".repeat(64), true));
		if (decision.exchange().complete(ResponseRecord.stored(ANSWER)) != null) {
			throw new IllegalStateException("Not settled");
		}
	}

	private String nonce() {
		return "0x%064x".formatted(this.nonces.incrementAndGet());
	}

}
