package io.x402.spring.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.x402.spring.payment.Claim;
import io.x402.spring.payment.ClaimKey;
import io.x402.spring.payment.ClaimState;
import io.x402.spring.payment.PaymentStore;
import io.x402.spring.payment.PaymentStoreException;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.SettlementResponse;
import io.x402.spring.store.tck.PaymentStoreContractTests;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testcontainers.containers.GenericContainer;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class RedisPaymentStoreTests extends PaymentStoreContractTests {

	private final GenericContainer<?> server = Servers.redis();

	private final List<LettuceConnectionFactory> connections = new ArrayList<>();

	@Override
	protected PaymentStore createStore(Duration lease) {
		return store(redis(), lease);
	}

	private static PaymentStore store(StringRedisTemplate redis, Duration lease) {
		return new RedisPaymentStore(redis, new PaymentCodec(), lease);
	}

	private StringRedisTemplate redis() {
		LettuceConnectionFactory factory = new LettuceConnectionFactory(
				new RedisStandaloneConfiguration(this.server.getHost(), this.server.getMappedPort(6379)),
				LettuceClientConfiguration.builder().commandTimeout(Duration.ofSeconds(10)).build());
		factory.afterPropertiesSet();
		factory.start();
		this.connections.add(factory);
		return new StringRedisTemplate(factory);
	}

	@AfterEach
	void close() {
		configure("maxmemory-policy", "noeviction");
		configure("maxmemory", "0");
		this.connections.forEach(LettuceConnectionFactory::destroy);
	}

	@Test
	void whenClaimSettlesThenEveryKeyExpiresWithIt() {
		StringRedisTemplate redis = redis();
		flush(redis);
		PaymentStore store = store(redis, Duration.ofMinutes(1));
		Instant expiresAt = Instant.now().plusSeconds(100);
		Claim claim = store.claim(key(), "a", expiresAt);
		assertThat(claim).isNotNull();
		store.advance(store.advance(claim, ClaimState.SETTLING, null), ClaimState.SETTLED,
				SettlementResponse.success("0xabc", "eip155:1", "payer"));
		Set<String> keys = redis.keys("*");
		assertThat(keys).hasSize(2);
		assertThat(keys).allSatisfy((key) -> assertThat(redis.getExpire(key)).isBetween(90L, 100L));
	}

	@Test
	void whenServerMayEvictThenWarnsOnce(CapturedOutput output) {
		configure("maxmemory-policy", "allkeys-lru");
		PaymentStore store = createStore(Duration.ofMinutes(1));
		store.maintain();
		store.maintain();
		assertThat(output.getOut()).containsOnlyOnce("maxmemory-policy allkeys-lru");
	}

	@Test
	void whenServerDoesNotEvictThenSaysNothing(CapturedOutput output) {
		createStore(Duration.ofMinutes(1)).maintain();
		assertThat(output.getOut()).doesNotContain("maxmemory-policy");
	}

	@Test
	void whenServerIsFullThenRefusesAndForgetsNothing() {
		PaymentStore store = createStore(Duration.ofMinutes(1));
		ClaimKey first = key();
		Claim claim = store.claim(first, "a", Instant.ofEpochMilli(System.currentTimeMillis() + 60_000));
		configure("maxmemory", "1mb");
		assertThatExceptionOfType(PaymentStoreException.class)
			.isThrownBy(() -> store.claim(key(), "a", Instant.now().plusSeconds(60)));
		assertThat(store.find(first)).isEqualTo(claim);
	}

	@Test
	void whenServerForgetsItsScriptsThenTheyAreSentAgain() {
		StringRedisTemplate redis = redis();
		PaymentStore store = store(redis, Duration.ofMinutes(1));
		assertThat(store.find(key())).isNull();
		redis.execute((RedisCallback<Boolean>) (connection) -> {
			connection.scriptingCommands().scriptFlush();
			return true;
		});
		assertThat(store.find(key())).isNull();
	}

	private void configure(String name, String value) {
		redis().execute((RedisCallback<Boolean>) (connection) -> {
			connection.serverCommands().setConfig(name, value);
			return true;
		});
	}

	private static void flush(StringRedisTemplate redis) {
		redis.execute((RedisCallback<Boolean>) (connection) -> {
			connection.serverCommands().flushDb();
			return true;
		});
	}

	private static ClaimKey key() {
		return new ClaimKey("eip155:1", "asset", "payer", "nonce-" + System.nanoTime());
	}

}
