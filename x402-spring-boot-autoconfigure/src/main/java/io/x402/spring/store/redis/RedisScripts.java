/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.x402.spring.store.PaymentStoreException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * Runs Lua scripts. What they take and return are bytes, because responses of handlers
 * are not text.
 */
final class RedisScripts {

	private final StringRedisTemplate redis;

	RedisScripts(StringRedisTemplate redis) {
		this.redis = redis;
	}

	/**
	 * Run a script.
	 * @param <T> type of its result
	 * @param script the script
	 * @param keys its keys
	 * @param arguments its arguments: text, numbers and bytes
	 * @return its result, {@code null} for nothing
	 */
	@SuppressWarnings("unchecked")
	<T> @Nullable T run(RedisScript<T> script, List<String> keys, Object... arguments) {
		Object[] bytes = new Object[arguments.length];
		for (int i = 0; i < arguments.length; i++) {
			bytes[i] = (arguments[i] instanceof byte[]) ? arguments[i] : bytes(String.valueOf(arguments[i]));
		}
		return this.redis.execute(script, RedisSerializer.byteArray(), (RedisSerializer<T>) RedisSerializer.byteArray(),
				keys, bytes);
	}

	/**
	 * Run a script that returns a list.
	 * @param script the script
	 * @param keys its keys
	 * @param arguments its arguments: text, numbers and bytes
	 * @return list of bytes and lists
	 */
	List<?> list(RedisScript<?> script, List<String> keys, Object... arguments) {
		return (run(script, keys, arguments) instanceof List<?> list) ? list : List.of();
	}

	/**
	 * Return the members of a sorted set.
	 * @param key its key
	 * @return the members in order
	 */
	List<String> range(String key) {
		Set<String> members = this.redis.opsForZSet().range(key, 0, -1);
		return (members != null) ? List.copyOf(members) : List.of();
	}

	/**
	 * Do something with Redis and tell its failures from those of the application.
	 * @param <T> type of the result
	 * @param step what to do
	 * @return its result
	 * @throws PaymentStoreException if it failed
	 */
	static <T extends @Nullable Object> T execute(Supplier<T> step) {
		try {
			return step.get();
		}
		catch (DataAccessException | IllegalStateException | IllegalArgumentException | JacksonException ex) {
			throw failed(ex);
		}
	}

	static PaymentStoreException failed(RuntimeException ex) {
		return new PaymentStoreException("Redis returned an unexpected result: " + ex.getClass().getSimpleName(), ex);
	}

	/**
	 * Return pairs of a name and a value as a map.
	 * @param pairs list of bytes
	 * @return the map
	 */
	static Map<String, String> map(@Nullable Object pairs) {
		Map<String, String> map = new LinkedHashMap<>();
		List<?> values = (pairs instanceof List<?> list) ? list : List.of();
		for (int i = 0; i + 1 < values.size(); i += 2) {
			map.put(text(values.get(i)), text(values.get(i + 1)));
		}
		return map;
	}

	static String text(@Nullable Object bytes) {
		return (bytes instanceof byte[] content) ? new String(content, StandardCharsets.UTF_8) : "";
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Load a script of this package, once: a script that Spring Data reads from a
	 * resource is looked at for changes with each call.
	 * @param <T> type of its result
	 * @param name the name
	 * @param type type of its result
	 * @return the script
	 */
	static <T> RedisScript<T> load(String name, Class<T> type) {
		return RedisScript.of(source("common") + source(name), type);
	}

	private static String source(String name) {
		try {
			return new ClassPathResource(name + ".lua", RedisScripts.class).getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
