/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import io.x402.spring.store.QuotaStore;
import io.x402.spring.store.QuotaStoreContractTests;
import io.x402.spring.store.Servers;
import org.junit.jupiter.api.AfterEach;
import org.testcontainers.containers.GenericContainer;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

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

}
