/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

import io.x402.spring.store.Servers;
import io.x402.spring.store.Spending;
import io.x402.spring.store.SpendingLimit;
import io.x402.spring.store.SpendingStore;
import io.x402.spring.store.SpendingStoreContractTests;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;

import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RedisSpendingStore}.
 */
class RedisSpendingStoreTests extends SpendingStoreContractTests {

	private final String account = "0x" + UUID.randomUUID();

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

	@Override
	protected SpendingStore store() {
		return new RedisSpendingStore(new StringRedisTemplate(this.connections));
	}

	@Test
	void whenTheClientRepeatsEveryCommandThenNothingIsTakenBackTwice() {
		SpendingStore store = new RedisSpendingStore(new RepeatingRedisTemplate(this.connections));
		SpendingLimit limit = new SpendingLimit(false, null, BigDecimal.ONE);
		Spending first = spending(250_000);
		assertThat(store.reserve(first, List.of(limit))).as("counts twice").isNull();
		store.release(first);
		assertThat(store().reserve(spending(750_001), List.of(limit))).isEqualTo(limit);
		assertThat(store().reserve(spending(750_000), List.of(limit))).isNull();
	}

	private Spending spending(long micros) {
		return new Spending(this.account, "a", micros, Instant.EPOCH);
	}

	/**
	 * Repeats commands, as a client does that has lost the first answer.
	 */
	private static final class RepeatingRedisTemplate extends StringRedisTemplate {

		RepeatingRedisTemplate(RedisConnectionFactory factory) {
			super(factory);
		}

		@Override
		public <T> T execute(RedisScript<T> script, List<String> keys, Object... values) {
			super.execute(script, keys, values);
			return super.execute(script, keys, values);
		}

	}

}
