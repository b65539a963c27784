/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import io.x402.spring.store.NewPass;
import io.x402.spring.store.PassStore;
import io.x402.spring.store.Servers;
import io.x402.spring.store.tck.PassStoreContractTests;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RedisPassStore}.
 */
class RedisPassStoreTests extends PassStoreContractTests {

	private final LettuceConnectionFactory connections = connect(Servers.redis());

	private static LettuceConnectionFactory connect(GenericContainer<?> server) {
		LettuceConnectionFactory connections = new LettuceConnectionFactory(server.getHost(),
				server.getMappedPort(6379));
		connections.afterPropertiesSet();
		connections.start();
		return connections;
	}

	@AfterEach
	void disconnect() {
		this.connections.destroy();
	}

	@Test
	void whenPassHasNotStartedThenItIsNotForgotten() {
		String id = UUID.randomUUID().toString().replace("-", "");
		createStore().prepare(new NewPass(id, "a".repeat(64),
				new NewPass.Paid("eip155:84532", "0xasset", BigInteger.TEN, "0xPayTo", null, null), "", null, 10L),
				"1");
		assertThat(new StringRedisTemplate(this.connections).getExpire("x402:pass:{" + id + "}")).isEqualTo(-1);
	}

	@Test
	void whenPassIsForgottenThenItsBuyerHasNoNoteOfIt() {
		String id = UUID.randomUUID().toString().replace("-", "");
		PassStore store = createStore();
		store.prepare(new NewPass(id, "a".repeat(64),
				new NewPass.Paid("eip155:84532", "0xasset", BigInteger.TEN, "0xPayTo", "0xPayer" + id, null), "", null,
				10L), "1");
		StringRedisTemplate redis = new StringRedisTemplate(this.connections);
		assertThat(redis.opsForZSet().range("x402:passes:{0xpayer" + id + "}", 0, -1)).containsExactly(id);
		store.forget(id, "2");
		assertThat(redis.opsForZSet().range("x402:passes:{0xpayer" + id + "}", 0, -1)).containsExactly(id);
		store.forget(id, "1");
		assertThat(redis.hasKey("x402:passes:{0xpayer" + id + "}")).isFalse();
	}

	/**
	 * Moves what Redis keeps back in time: when the payment was taken, the order of the
	 * buyer's passes, and when their list is deleted.
	 */
	@Override
	protected void age(NewPass pass, Duration time) {
		StringRedisTemplate redis = new StringRedisTemplate(this.connections);
		String key = "x402:pass:{" + pass.id() + "}";
		redis.opsForHash().increment(key, "prepared", -time.toMillis());
		String owned = "x402:passes:{" + String.valueOf(pass.paid().payer()).toLowerCase(Locale.ROOT) + "}";
		redis.opsForZSet().incrementScore(owned, pass.id(), -time.toMillis() * 1000.0);
		for (String expiring : List.of(key, owned)) {
			Long left = redis.getExpire(expiring, TimeUnit.MILLISECONDS);
			if (left != null && left >= 0) {
				redis.expire(expiring, Duration.ofMillis(Math.max(0, left - time.toMillis())));
			}
		}
	}

	@Override
	protected void ageOperations(Duration time) {
		StringRedisTemplate redis = new StringRedisTemplate(this.connections);
		for (String key : redis.keys("x402:pass-use:*")) {
			Long left = redis.getExpire(key, TimeUnit.MILLISECONDS);
			redis.expire(key, Duration.ofMillis(Math.max(0, Objects.requireNonNull(left) - time.toMillis())));
		}
	}

	@Override
	protected PassStore createStore() {
		return new RedisPassStore(new StringRedisTemplate(this.connections));
	}

}
