/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.util.List;
import java.util.Properties;

import io.x402.spring.store.PaymentStoreException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Warns of a Redis that may forget which payments were used.
 */
final class EvictionCheck {

	private static final Log logger = LogFactory.getLog(EvictionCheck.class);

	private static final String POLICY = "maxmemory-policy";

	private final StringRedisTemplate redis;

	private volatile boolean done;

	EvictionCheck(StringRedisTemplate redis) {
		this.redis = redis;
	}

	/**
	 * Look once, as soon as the server can be reached.
	 * @throws PaymentStoreException if it is out of reach
	 */
	void check() {
		if (!this.done) {
			policies().stream().filter((policy) -> !policy.equals("noeviction")).findFirst().ifPresent(this::warn);
			this.done = true;
		}
	}

	private void warn(String policy) {
		logger.warn("Redis has " + POLICY + " " + policy + " and may forget which payments were used. "
				+ "Set it to noeviction, or keep claims in another Redis or in a database.");
	}

	/**
	 * The nodes of a cluster put their names before that of the setting.
	 */
	private List<String> policies() {
		try {
			Properties settings = this.redis
				.execute((RedisCallback<Properties>) (connection) -> connection.serverCommands().getConfig(POLICY));
			return (settings != null) ? settings.stringPropertyNames()
				.stream()
				.filter((name) -> name.endsWith(POLICY))
				.map(settings::getProperty)
				.toList() : List.of();
		}
		catch (RedisConnectionFailureException | QueryTimeoutException ex) {
			throw RedisScripts.failed(ex);
		}
		catch (DataAccessException ex) {
			// Many hosted servers do not show their configuration
			logger.debug("Redis does not tell whether it evicts keys", ex);
			return List.of();
		}
	}

}
