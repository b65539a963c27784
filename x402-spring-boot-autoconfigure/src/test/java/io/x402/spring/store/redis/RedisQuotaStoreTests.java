/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import io.x402.spring.store.QuotaCall;
import io.x402.spring.store.QuotaClient;
import io.x402.spring.store.QuotaStore;
import io.x402.spring.store.QuotaStoreContractTests;
import io.x402.spring.store.Servers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;

import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.data.redis.serializer.RedisSerializer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RedisQuotaStore}.
 */
class RedisQuotaStoreTests extends QuotaStoreContractTests {

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
	protected QuotaStore store(int maxClients) {
		return new RedisQuotaStore(new StringRedisTemplate(this.connections), maxClients);
	}

	/**
	 * A connection that is lost after a command was executed executes it again.
	 */
	@Test
	void whenACommandThatGivesACallBackIsRepeatedThenOneCallIsGivenBack() {
		QuotaStore store = new RedisQuotaStore(new RepeatingTemplate(this.connections), 100);
		QuotaClient client = QuotaClient.of(UUID.randomUUID().toString(), "a", 3, Duration.ofDays(1));
		QuotaCall first = store(100).take(client);
		store(100).take(client);
		store.giveBack(client, first);
		assertThat(store(100).take(client).remaining()).isOne();
	}

	private static final class RepeatingTemplate extends StringRedisTemplate {

		RepeatingTemplate(RedisConnectionFactory connections) {
			super(connections);
		}

		@Override
		public <T> @Nullable T execute(RedisScript<T> script, RedisSerializer<?> argumentSerializer,
				RedisSerializer<T> resultSerializer, List<String> keys, Object... arguments) {
			super.execute(script, argumentSerializer, resultSerializer, keys, arguments);
			return super.execute(script, argumentSerializer, resultSerializer, keys, arguments);
		}

	}

}
