/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import io.x402.spring.store.PaymentStoreException;
import io.x402.spring.store.QuotaCall;
import io.x402.spring.store.QuotaClient;
import io.x402.spring.store.QuotaStore;

import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Counts free calls in Redis, which all instances share. Every step is one script, and
 * counts expire with their period. Time is that of the server.
 */
final class RedisQuotaStore implements QuotaStore {

	private static final RedisScript<?> TAKE = RedisScripts.load("quota", List.class);

	private static final RedisScript<Long> GIVE_BACK = RedisScripts.load("unquota", Long.class);

	/** Longer than a client that has lost its connection repeats a command. */
	private static final Duration GIVEN_BACK_KEPT = Duration.ofMinutes(1);

	private final RedisScripts scripts;

	private final int maxClients;

	/**
	 * Create a store.
	 * @param redis the connection, whose timeout limits how long a step waits
	 * @param maxClients maximum number of clients that are counted for each quota
	 */
	RedisQuotaStore(StringRedisTemplate redis, int maxClients) {
		this.scripts = new RedisScripts(redis);
		this.maxClients = maxClients;
	}

	@Override
	public QuotaCall take(QuotaClient client) {
		List<?> call = RedisScripts.execute(() -> this.scripts.list(TAKE, keys(client), client.limit(),
				client.period().toMillis(), this.maxClients, client.client()));
		if (call.size() != 4) {
			throw new PaymentStoreException("Redis did not take a free call");
		}
		return new QuotaCall(number(call.get(0)) == 1, (int) number(call.get(1)),
				Duration.ofMillis(number(call.get(2))), number(call.get(3)));
	}

	@Override
	public void giveBack(QuotaClient client, QuotaCall call) {
		List<String> keys = new ArrayList<>(keys(client));
		keys.add(quota(client) + ":given-back:" + UUID.randomUUID());
		RedisScripts.execute(() -> this.scripts.run(GIVE_BACK, keys, call.period(), GIVEN_BACK_KEPT.toMillis()));
	}

	private static List<String> keys(QuotaClient client) {
		return List.of(quota(client) + ":" + client.client(), quota(client));
	}

	/**
	 * The keys of one quota are in one slot of a cluster.
	 */
	private static String quota(QuotaClient client) {
		return "x402:free:{" + client.quota() + "}";
	}

	private static long number(Object text) {
		return Long.parseLong(RedisScripts.text(text));
	}

}
