/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

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
import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.ResponseRecord;
import io.x402.spring.store.Sale;
import io.x402.spring.store.Servers;
import io.x402.spring.store.UnsettledClaim;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testcontainers.containers.GenericContainer;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.data.redis.serializer.RedisSerializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
@Tag("long")
class RedisPaymentStoreTests extends RedisPaymentStoreContractTests {

	private static final Duration LEASE = Duration.ofMinutes(1);

	private static final Duration LATER = Duration.ofMinutes(5);

	private static final byte[] REQUEST = { 1, 2, 3 };

	private final GenericContainer<?> server = Servers.redis();

	@Override
	protected RedisConfiguration server() {
		return new RedisStandaloneConfiguration(this.server.getHost(), this.server.getMappedPort(6379));
	}

	@BeforeEach
	void flush() {
		redis().execute((RedisCallback<Boolean>) (connection) -> {
			connection.serverCommands().flushDb();
			return true;
		});
	}

	@AfterEach
	void reset() {
		configure("maxmemory-policy", "noeviction");
		configure("maxmemory", "0");
	}

	@Test
	void whenClaimSettlesThenEveryKeyButTheBooksExpires() {
		StringRedisTemplate redis = redis();
		PaymentStore store = createStore(LEASE);
		Claim claim = claim(store, Instant.now().plusSeconds(1000));
		Claim settling = store.advance(claim, ClaimChange.settling(REQUEST, ResponseRecord.stored(new byte[10])));
		assertThat(redis.keys("x402:*")).isNotEmpty()
			.filteredOn((key) -> key.contains(":content:") || key.contains(":claim:"))
			.hasSize(2)
			.allSatisfy((key) -> assertThat(Duration.ofSeconds(redis.getExpire(key)).minus(Claim.KEPT_IN_DOUBT))
				.isBetween(Duration.ofSeconds(900), Duration.ofSeconds(1000)));
		store.advance(settling, ClaimChange.settled(receipt(), Duration.ofSeconds(100), false));
		Set<String> keys = redis.keys("*");
		assertThat(keys).hasSize(5).allMatch((key) -> key.startsWith("x402:"));
		for (String key : keys) {
			Long expiry = redis.getExpire(key);
			if (key.contains(":content:")) {
				assertThat(expiry).isBetween(1L, 100L);
			}
			else if (key.contains(":claim:") || key.startsWith("x402:transaction:")) {
				assertThat(expiry).isBetween(900L, 1000L);
			}
			else {
				assertThat(key).containsAnyOf(":ledger", ":outbox");
			}
		}
	}

	@Test
	void whenRedeliveryIsOffThenTheAnswerIsDeleted() {
		PaymentStore store = createStore(LEASE);
		Claim settling = store.advance(claim(store),
				ClaimChange.settling(REQUEST, ResponseRecord.stored(new byte[10])));
		store.advance(settling, ClaimChange.settled(receipt(), null, false));
		assertThat(redis().keys("*:content:*")).isEmpty();
	}

	@Test
	void whenAnswerIsLargeThenIsKeptApartFromTheClaim() {
		PaymentStore store = createStore(LEASE);
		byte[] answer = new byte[4 * 1024 * 1024];
		new Random(1).nextBytes(answer);
		Claim settling = store.advance(claim(store), ClaimChange.settling(REQUEST, ResponseRecord.stored(answer)));
		Claim settled = store.advance(settling, ClaimChange.settled(receipt(), LATER, false));
		assertThat(createStore(LEASE).response(settled)).isEqualTo(ResponseRecord.stored(answer));
		StringRedisTemplate redis = redis();
		String key = redis.keys("*:claim:*").iterator().next();
		assertThat(redis.opsForHash().values(key)).allMatch((value) -> value.toString().length() < 1000);
	}

	@Test
	void whenAClaimThatIsDueHasExpiredThenItIsNotLookedAtAgain() throws InterruptedException {
		PaymentStore store = createStore(LEASE);
		Claim claim = claim(store, Instant.now().plusMillis(500));
		store.advance(store.advance(claim, ClaimChange.settling(REQUEST, ResponseRecord.none())),
				ClaimChange.pending(null, Duration.ZERO).shortened(Claim.KEPT_IN_DOUBT));
		assertThat(redis().keys("*:due")).hasSize(1);
		elapse(Duration.ofMillis(700));
		assertThat(store.takeUnsettled(10, LATER)).isEmpty();
		assertThat(redis().keys("*:due")).isEmpty();
	}

	@Test
	void whenTheHandlerOfASettledClaimRunsThenItsLeaseIsRenewed() throws InterruptedException {
		PaymentStore store = createStore(Duration.ofSeconds(2));
		Claim active = store.advance(store.advance(claim(store), ClaimChange.settling(REQUEST, ResponseRecord.none())),
				ClaimChange.settled(receipt(), LATER, true));
		Claim answered = store.advance(
				store.advance(claim(store), ClaimChange.settling(REQUEST, ResponseRecord.none())),
				ClaimChange.settled(receipt(), LATER, false));
		for (int i = 0; i < 15; i++) {
			assertThat(store.renew(List.of(active, answered))).containsExactly(answered);
			elapse(Duration.ofMillis(200));
		}
		assertThat(store.find(active.key())).isEqualTo(active);
		assertThat(store.find(answered.key())).isEqualTo(answered);
		assertThat(redis().<String, String>opsForHash().get(key(answered), "lease")).isEqualTo("0");
	}

	@Test
	void whenAClaimWasTakenThenItsFormerOwnerDoesNotRenewIt() throws InterruptedException {
		PaymentStore slow = createStore(Duration.ofMillis(200));
		Claim settling = slow.advance(claim(slow), ClaimChange.settling(REQUEST, ResponseRecord.none()));
		elapse(Duration.ofMillis(400));
		List<UnsettledClaim> taken = createStore(LEASE).takeUnsettled(1, Duration.ofMillis(500));
		assertThat(slow.renew(List.of(settling))).containsExactly(settling);
		assertThat(taken).singleElement()
			.satisfies((unsettled) -> assertThat(slow.find(unsettled.claim().key())).isEqualTo(unsettled.claim()));
		elapse(Duration.ofMillis(700));
		assertThat(slow.takeUnsettled(1, LATER)).hasSize(1);
	}

	@Test
	void whenTheClientRepeatsEveryCommandThenNothingHappensTwice() throws InterruptedException {
		PaymentStore store = new RedisPaymentStore(new RepeatingRedisTemplate(connections()), new PaymentCodec(),
				LEASE);
		Claim released = claim(store);
		store.release(released, "test");
		Claim claim = store.advance(claim(store), ClaimChange.verified());
		Claim settling = store.advance(claim, ClaimChange.settling(REQUEST, ResponseRecord.stored(new byte[] { 1 })));
		store.advance(settling, ClaimChange.pending(null, Duration.ZERO));
		elapse(Duration.ofMillis(20));
		List<UnsettledClaim> taken = store.takeUnsettled(1, LATER);
		assertThat(taken).hasSize(1);
		assertThat(taken.get(0).claim().attempts()).isOne();
		assertThat(taken.get(0).request()).isEqualTo(REQUEST);
		Claim settled = store.advance(taken.get(0).claim(), ClaimChange.settled(receipt(), LATER, false));
		store.redelivered(settled);
		Claim rerunning = store.advance(settled, ClaimChange.rerunning());
		assertThat(store.find(settled.key())).isEqualTo(rerunning);
		// in any order, as the entries of two claims can be of the same millisecond
		assertThat(createLedger().find(LedgerQuery.all(100))).extracting(LedgerEntry::event)
			.containsExactlyInAnyOrder(LedgerEvent.VERIFIED, LedgerEvent.PENDING, LedgerEvent.SETTLED,
					LedgerEvent.REDELIVERED, LedgerEvent.REDELIVERED);
	}

	@Test
	void whenServerMayEvictThenWarnsOnce(CapturedOutput output) {
		configure("maxmemory-policy", "allkeys-lru");
		PaymentStore store = createStore(LEASE);
		store.maintain();
		store.maintain();
		assertThat(output.getOut()).containsOnlyOnce("maxmemory-policy allkeys-lru");
	}

	@Test
	void whenServerDoesNotEvictThenSaysNothing(CapturedOutput output) {
		createStore(LEASE).maintain();
		assertThat(output.getOut()).doesNotContain("maxmemory-policy");
	}

	@Test
	void whenServerIsFullThenRefusesWhatIsNewAndForgetsNothing() {
		PaymentStore store = createStore(LEASE);
		Claim claim = store.advance(claim(store), ClaimChange.verified());
		configure("maxmemory", "1mb");
		assertThatExceptionOfType(PaymentStoreException.class).isThrownBy(() -> claim(store));
		assertThatExceptionOfType(PaymentStoreException.class).isThrownBy(
				() -> store.advance(claim, ClaimChange.settling(REQUEST, ResponseRecord.stored(new byte[100]))));
		assertThat(store.find(claim.key())).isEqualTo(claim);
		assertThat(createLedger().find(LedgerQuery.all(100))).hasSize(1);
	}

	@Test
	void whenServerIsFullThenRecordsWhatHappens() throws InterruptedException {
		PaymentStore store = createStore(LEASE);
		Claim settling = store.advance(claim(store),
				ClaimChange.settling(REQUEST, ResponseRecord.stored(new byte[100])));
		Claim unknown = store.advance(claim(store), ClaimChange.settling(REQUEST, ResponseRecord.none()));
		Claim released = claim(store);
		configure("maxmemory", "1mb");
		Claim settled = store.advance(settling, ClaimChange.settled(receipt(), LATER, false));
		store.redelivered(settled);
		store.advance(unknown, ClaimChange.pending(null, Duration.ZERO));
		elapse(Duration.ofMillis(20));
		Claim taken = store.takeUnsettled(1, LATER).get(0).claim();
		Claim declined = store.advance(taken,
				ClaimChange.declined("no_money", SettlementResponse.failure("no_money", "eip155:1", null)));
		assertThat(store.renew(List.of(released))).isEmpty();
		store.release(released, "test");
		store.maintain();
		List<LedgerEntry> published = new ArrayList<>();
		createLedger().publish(100, published::add);
		assertThat(store.find(settled.key())).isEqualTo(settled);
		assertThat(store.find(declined.key())).isEqualTo(declined);
		assertThat(store.find(released.key())).isNull();
		assertThat(published).extracting(LedgerEntry::event)
			.containsExactlyInAnyOrder(LedgerEvent.SETTLED, LedgerEvent.REDELIVERED, LedgerEvent.PENDING,
					LedgerEvent.DECLINED);
	}

	@Test
	void whenServerForgetsItsScriptsThenTheyAreSentAgain() {
		StringRedisTemplate redis = redis();
		PaymentStore store = new RedisPaymentStore(redis, new PaymentCodec(), LEASE);
		Claim claim = claim(store);
		redis.execute((RedisCallback<Boolean>) (connection) -> {
			connection.scriptingCommands().scriptFlush();
			return true;
		});
		assertThat(store.find(claim.key())).isEqualTo(claim);
	}

	@Test
	void whenAClaimCannotBeReadThenTheStoreFails() {
		PaymentStore store = createStore(LEASE);
		Claim claim = claim(store);
		redis().opsForHash().put(key(claim), "state", "OF_A_LATER_VERSION");
		assertThatExceptionOfType(PaymentStoreException.class).isThrownBy(() -> store.find(claim.key()));
	}

	private String key(Claim claim) {
		String id = ClaimId.of(claim.key());
		return RedisPartition.of(id).keys(id).get(0);
	}

	private void configure(String name, String value) {
		redis().execute((RedisCallback<Boolean>) (connection) -> {
			connection.serverCommands().setConfig(name, value);
			return true;
		});
	}

	private static Claim claim(PaymentStore store) {
		return claim(store, Instant.now().plusSeconds(600));
	}

	private static Claim claim(PaymentStore store, Instant expiresAt) {
		AuthorizationKey key = new AuthorizationKey("eip155:1", "asset", "payer", UUID.randomUUID().toString());
		Sale purchase = new Sale(UUID.randomUUID().toString(), "GET /", "exact", BigInteger.TEN, "0xPayTo", null);
		return Objects.requireNonNull(
				store.claim(new NewClaim(key, "a", "b", expiresAt.truncatedTo(ChronoUnit.MILLIS), purchase)));
	}

	private static SettlementResponse receipt() {
		return SettlementResponse.success(UUID.randomUUID().toString(), "eip155:1", "payer");
	}

	/**
	 * Repeats commands, as a client does that has lost the first answer.
	 */
	private static final class RepeatingRedisTemplate extends StringRedisTemplate {

		RepeatingRedisTemplate(RedisConnectionFactory factory) {
			super(factory);
		}

		@Override
		public <T> T execute(RedisScript<T> script, RedisSerializer<?> arguments, RedisSerializer<T> result,
				List<String> keys, Object... values) {
			super.execute(script, arguments, result, keys, values);
			return super.execute(script, arguments, result, keys, values);
		}

	}

}
