/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import io.x402.spring.store.Spending;
import io.x402.spring.store.SpendingLimit;
import io.x402.spring.store.SpendingStore;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Keeps account of what a buyer spent in Redis, which all instances share, and remembers
 * recipients there. Every step of the account is one script. The keys do not expire; a
 * server that evicts them forgets what was spent and on whom.
 */
final class RedisSpendingStore implements SpendingStore {

	private static final RedisScript<Long> SPEND = RedisScripts.load("spend", Long.class);

	private static final RedisScript<Long> UNSPEND = RedisScripts.load("unspend", Long.class);

	private static final String FOR_EVER = "-1";

	/** Longer than a client repeats a command whose result it has lost. */
	private static final Duration REMEMBERED = Duration.ofHours(1);

	private final StringRedisTemplate redis;

	/**
	 * Create a store.
	 * @param redis the connection, whose timeout limits how long a step waits
	 */
	RedisSpendingStore(StringRedisTemplate redis) {
		this.redis = redis;
	}

	@Override
	public @Nullable SpendingLimit reserve(Spending spending, List<SpendingLimit> limits) {
		List<String> arguments = new ArrayList<>(
				List.of(Long.toString(spending.micros()), Long.toString(spending.minute())));
		for (SpendingLimit limit : limits) {
			arguments.add(limit.perHost() ? "1" : "0");
			arguments.add((limit.window() != null) ? Long.toString(limit.window().toMinutes()) : FOR_EVER);
			arguments.add(Long.toString(limit.micros()));
		}
		long broken = Objects.requireNonNull(this.redis.execute(SPEND, keys(spending), arguments.toArray()));
		return (broken > 0) ? limits.get((int) broken - 1) : null;
	}

	@Override
	public void release(Spending spending) {
		List<String> keys = new ArrayList<>(keys(spending));
		keys.add(keys.get(0) + ":released:" + UUID.randomUUID());
		this.redis.execute(UNSPEND, keys, Long.toString(spending.micros()), Long.toString(spending.minute()),
				Long.toString(REMEMBERED.toMillis()));
	}

	/**
	 * Fields are never changed, so the step need not be one script.
	 */
	@Override
	public String pin(String account, String host, String network, String recipient) {
		HashOperations<String, String, String> recipients = this.redis.opsForHash();
		String key = "x402:recipients:{" + account + "}";
		String field = host + ' ' + network;
		return recipients.putIfAbsent(key, field, recipient) ? recipient
				: Objects.requireNonNull(recipients.get(key, field));
	}

	private static List<String> keys(Spending spending) {
		String account = "x402:spending:{" + spending.account() + "}";
		return List.of(account, account + ":" + spending.host());
	}

}
