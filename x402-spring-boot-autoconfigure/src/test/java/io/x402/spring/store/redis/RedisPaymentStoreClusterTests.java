/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.time.Duration;
import java.util.List;

import io.x402.spring.store.Servers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.testcontainers.containers.GenericContainer;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.core.RedisCallback;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contract on a cluster, which refuses a script whose keys are not in one slot.
 */
@ExtendWith(OutputCaptureExtension.class)
@Tag("long")
class RedisPaymentStoreClusterTests extends RedisPaymentStoreContractTests {

	private final GenericContainer<?> server = Servers.redisCluster();

	@Override
	protected RedisConfiguration server() {
		return new RedisClusterConfiguration(List.of(this.server.getHost() + ":" + this.server.getMappedPort(6379)));
	}

	@Test
	void whenANodeMayEvictThenWarns(CapturedOutput output) {
		try {
			configure("allkeys-lru");
			createStore(Duration.ofMinutes(1)).maintain();
			assertThat(output.getOut()).containsOnlyOnce("maxmemory-policy allkeys-lru");
		}
		finally {
			configure("noeviction");
		}
	}

	private void configure(String policy) {
		redis().execute((RedisCallback<Boolean>) (connection) -> {
			connection.serverCommands().setConfig("maxmemory-policy", policy);
			return true;
		});
	}

}
