/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A map that forgets the least recently used entries. Not safe for concurrent use.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
final class RecentlyUsed<K, V> extends LinkedHashMap<K, V> {

	private static final int MAX_ENTRIES = 50_000;

	RecentlyUsed() {
		super(16, 0.75f, true);
	}

	@Override
	protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
		return size() > MAX_ENTRIES;
	}

}
