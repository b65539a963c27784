/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import org.springframework.stereotype.Component;

/**
 * Counts how often paid handlers ran. A handler that was never paid for must never run,
 * so tests compare these numbers with the settled payments.
 */
@Component
public final class HandlerRuns {

	/**
	 * Text that every successful paid body contains and nothing the shop gives away.
	 */
	public static final String SERVED = "x402-lab-served";

	private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

	/**
	 * Count one run.
	 * @param handler method and path of the handler, for example {@code GET /weather}
	 * @return {@link #SERVED}, to be put into the body
	 */
	public String served(String handler) {
		this.counts.computeIfAbsent(handler, (key) -> new LongAdder()).increment();
		return SERVED;
	}

	/**
	 * Return the counts so far.
	 * @return runs by handler
	 */
	public Map<String, Long> counts() {
		Map<String, Long> result = new TreeMap<>();
		this.counts.forEach((handler, count) -> result.put(handler, count.sum()));
		return result;
	}

}
