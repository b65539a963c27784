/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.time.Duration;

import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.store.tck.PaymentStoreContractTests;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * The contract on some Redis.
 */
abstract class RedisPaymentStoreContractTests extends PaymentStoreContractTests {

	private @Nullable LettuceConnectionFactory connections;

	protected abstract RedisConfiguration server();

	@Override
	protected PaymentStore createStore(Duration lease) {
		return new RedisPaymentStore(redis(), new PaymentCodec(), lease);
	}

	@Override
	protected PaymentLedger createLedger() {
		return new RedisPaymentLedger(redis());
	}

	protected final StringRedisTemplate redis() {
		return new StringRedisTemplate(connections());
	}

	protected final synchronized LettuceConnectionFactory connections() {
		LettuceConnectionFactory connections = this.connections;
		if (connections == null) {
			connections = new LettuceConnectionFactory(server(),
					LettuceClientConfiguration.builder().commandTimeout(Duration.ofSeconds(20)).build());
			connections.afterPropertiesSet();
			connections.start();
			this.connections = connections;
		}
		return connections;
	}

	@AfterEach
	void disconnect() {
		connections().destroy();
	}

}
