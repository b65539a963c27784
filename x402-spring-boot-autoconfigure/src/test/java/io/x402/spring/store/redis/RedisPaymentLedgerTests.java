/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimChange;
import io.x402.spring.store.ClaimId;
import io.x402.spring.store.LedgerEntry;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.NewClaim;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.Sale;
import io.x402.spring.store.Servers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;

import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StreamOperations;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RedisPaymentLedgerTests {

	private static final Duration LATER = Duration.ofMinutes(5);

	private final LettuceConnectionFactory connections = connect(Servers.redis());

	private final StringRedisTemplate redis = new StringRedisTemplate(this.connections);

	private final PaymentStore store = new RedisPaymentStore(this.redis, new PaymentCodec(), Duration.ofMinutes(1));

	private final RedisPaymentLedger ledger = new RedisPaymentLedger(this.redis);

	private static LettuceConnectionFactory connect(GenericContainer<?> server) {
		LettuceConnectionFactory factory = new LettuceConnectionFactory(
				new RedisStandaloneConfiguration(server.getHost(), server.getMappedPort(6379)));
		factory.afterPropertiesSet();
		factory.start();
		return factory;
	}

	@BeforeEach
	void flush() {
		this.redis.execute((RedisCallback<Boolean>) (connection) -> {
			connection.serverCommands().flushDb();
			return true;
		});
	}

	@AfterEach
	void disconnect() {
		this.connections.destroy();
	}

	@Test
	void whenOthersWriteWhileTheBooksAreReadThenNoEntryIsMissed() {
		List<String> written = new ArrayList<>();
		RedisPaymentLedger busy = new RedisPaymentLedger(new InterruptedRedisTemplate(this.connections, () -> {
			if (written.size() < 300) {
				written.add(purchase(claim("GET /")));
			}
		}));
		List<String> read = new ArrayList<>();
		LedgerQuery query = LedgerQuery.all(7);
		while (read.size() < 300) {
			List<LedgerEntry> page = busy.find(query);
			page.forEach((entry) -> read.add(entry.sale()));
			if (page.isEmpty() && written.size() == 300) {
				break;
			}
			query = page.isEmpty() ? query : query.after(page.get(page.size() - 1));
		}
		assertThat(read).containsExactlyInAnyOrderElementsOf(written);
	}

	@Test
	void whenLittleFitsThenEverythingIsReadToFindIt() {
		Claim many = claim("GET /many");
		Claim first = claim("GET /few");
		for (int i = 0; i < 200; i++) {
			this.store.redelivered(many);
		}
		this.store.redelivered(first);
		for (int i = 0; i < 200; i++) {
			this.store.redelivered(many);
		}
		LedgerQuery few = new LedgerQuery(null, null, null, "GET /few", null, null, null, 10);
		assertThat(this.ledger.find(few)).extracting(LedgerEntry::event)
			.containsExactly(LedgerEvent.VERIFIED, LedgerEvent.REDELIVERED);
		assertThat(this.ledger.find(LedgerQuery.all(1000))).hasSize(403)
			.extracting(LedgerEntry::id)
			.isSorted()
			.doesNotHaveDuplicates();
	}

	@Test
	void whenATimeRangeIsGivenThenItsStartBelongsToItAndItsEndDoesNot() throws InterruptedException {
		claim("GET /1");
		Thread.sleep(5);
		claim("GET /2");
		Thread.sleep(5);
		claim("GET /3");
		List<LedgerEntry> entries = this.ledger.find(LedgerQuery.all(10));
		Instant second = entries.get(1).time();
		assertThat(routes(second, null)).containsExactly("GET /2", "GET /3");
		assertThat(routes(second.plusNanos(1), null)).containsExactly("GET /3");
		assertThat(routes(null, second)).containsExactly("GET /1");
		assertThat(routes(null, second.plusNanos(1))).containsExactly("GET /1", "GET /2");
		assertThat(routes(Instant.MIN, Instant.MAX)).hasSize(3);
		assertThat(routes(Instant.MAX, null)).isEmpty();
		assertThat(routes(null, Instant.MIN)).isEmpty();
		LedgerQuery later = new LedgerQuery(entries.get(2).time(), null, null, null, null, null, entries.get(0).id(),
				10);
		assertThat(this.ledger.find(later)).containsExactly(entries.get(2));
	}

	private List<String> routes(Instant from, Instant to) {
		return this.ledger.find(new LedgerQuery(from, to, null, null, null, null, null, 10))
			.stream()
			.map(LedgerEntry::route)
			.toList();
	}

	@Test
	void whenAQueryGoesOnAfterAnIdOfOtherBooksThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(
				() -> this.ledger.find(new LedgerQuery(null, null, null, null, null, null, "0000000000000000001", 10)));
	}

	@Test
	void whenRetentionIsOverThenEntriesAreDeletedAndNotHandedOver() throws InterruptedException {
		PaymentStore forgetful = new RedisPaymentStore(this.redis, new PaymentCodec(), Duration.ofMinutes(1),
				Duration.ofSeconds(1));
		Claim old = settled();
		Thread.sleep(1200);
		Claim young = settled();
		forgetful.maintain();
		assertThat(this.ledger.find(LedgerQuery.all(10))).extracting(LedgerEntry::sale)
			.containsExactly(purchase(young), purchase(young));
		List<LedgerEntry> published = new ArrayList<>();
		assertThat(this.ledger.publish(10, published::add)).isOne();
		assertThat(published).singleElement().extracting(LedgerEntry::sale).isEqualTo(purchase(young));
		assertThat(this.store.find(old.key())).isEqualTo(old);
	}

	@Test
	void whenWhoTookAnEntryIsGoneThenItIsHandedOverAgain() throws Exception {
		RedisPaymentLedger slow = new RedisPaymentLedger(this.redis, Duration.ofMillis(500));
		settled();
		CountDownLatch taken = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		CompletableFuture<Integer> publication = CompletableFuture.supplyAsync(() -> slow.publish(10, (entry) -> {
			taken.countDown();
			try {
				end.await(60, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		}));
		assertThat(taken.await(60, TimeUnit.SECONDS)).isTrue();
		Thread.sleep(600);
		assertThat(this.ledger.publish(10, (entry) -> {
		})).isOne();
		end.countDown();
		assertThat(publication.get(60, TimeUnit.SECONDS)).isOne();
		assertThat(this.ledger.publish(10, (entry) -> {
		})).isZero();
	}

	@Test
	void whenWhoTookAnEntryStillWorksOnItThenNobodyElseGetsIt() {
		settled();
		assertThat(this.ledger.publish(10,
				(entry) -> assertThat(new RedisPaymentLedger(this.redis).publish(10, (other) -> {
				})).isZero()))
			.isOne();
	}

	@Test
	void whenOneEntryAlwaysFailsThenTheOthersAreHandedOverAllTheSame() {
		Set<String> others = new HashSet<>();
		Claim poison = settled();
		for (int i = 0; i < 40; i++) {
			Claim claim = settled();
			if (!partition(claim).equals(partition(poison))) {
				others.add(purchase(claim));
			}
		}
		List<String> published = new ArrayList<>();
		for (int i = 0; i < RedisPartition.ALL.size(); i++) {
			assertThatExceptionOfType(IllegalStateException.class)
				.isThrownBy(() -> this.ledger.publish(100, (entry) -> {
					if (entry.sale().equals(purchase(poison))) {
						throw new IllegalStateException("Listener failed");
					}
					published.add(entry.sale());
				}));
		}
		assertThat(published).doesNotHaveDuplicates().containsAll(others).doesNotContain(purchase(poison));
		this.ledger.publish(100, (entry) -> published.add(entry.sale()));
		assertThat(published).doesNotHaveDuplicates().hasSize(41);
	}

	@Test
	void whenOutcomesOfOnePurchaseArePublishedThenInTheOrderOfWriting() {
		Claim settled = settled();
		for (int i = 0; i < 30; i++) {
			this.store.redelivered(settled);
		}
		List<LedgerEntry> published = new ArrayList<>();
		assertThat(this.ledger.publish(100, published::add)).isEqualTo(31);
		assertThat(published).extracting(LedgerEntry::id).isSorted();
		assertThat(this.redis.keys("*:outbox")).isEmpty();
	}

	private Claim claim(String route) {
		AuthorizationKey key = new AuthorizationKey("eip155:1", "asset", "payer", UUID.randomUUID().toString());
		Sale purchase = new Sale(UUID.randomUUID().toString(), route, "exact", BigInteger.TEN, "0xPayTo", null);
		Instant expiresAt = Instant.ofEpochMilli(System.currentTimeMillis() + 600_000);
		Claim claim = Objects.requireNonNull(this.store.claim(new NewClaim(key, "a", "b", expiresAt, purchase)));
		return this.store.advance(claim, ClaimChange.verified());
	}

	private Claim settled() {
		return this.store.advance(
				this.store.advance(claim("GET /"), ClaimChange.settling(new byte[1], ResponseRecord.none())),
				ClaimChange.settled(SettlementResponse.success(UUID.randomUUID().toString(), "eip155:1", "payer"),
						LATER, false));
	}

	private static String purchase(Claim claim) {
		return Objects.requireNonNull(claim.sale()).id();
	}

	private static RedisPartition partition(Claim claim) {
		return RedisPartition.of(ClaimId.of(claim.key()));
	}

	/**
	 * Lets somebody else do something before each look into a partition.
	 */
	private static final class InterruptedRedisTemplate extends StringRedisTemplate {

		private final Runnable other;

		InterruptedRedisTemplate(RedisConnectionFactory factory, Runnable other) {
			super(factory);
			this.other = other;
		}

		@Override
		public <K, V> StreamOperations<String, K, V> opsForStream() {
			this.other.run();
			return super.opsForStream();
		}

	}

}
