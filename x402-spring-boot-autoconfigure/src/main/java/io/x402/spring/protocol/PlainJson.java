/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Immutable copies of JSON objects. A member that is {@code null} counts as absent, an
 * array keeps its nulls because they have a position.
 */
final class PlainJson {

	private PlainJson() {
	}

	static Map<String, Object> copyOf(Map<?, ?> object) {
		Map<String, Object> copy = new LinkedHashMap<>();
		object.forEach((name, value) -> {
			if (value != null) {
				copy.put(String.valueOf(name), copyOf(value));
			}
		});
		return Collections.unmodifiableMap(copy);
	}

	static @Nullable Map<String, Object> copyOfNullable(@Nullable Map<?, ?> object) {
		return (object != null) ? copyOf(object) : null;
	}

	static Map<String, Object> copyOrEmpty(@Nullable Map<?, ?> object) {
		return (object != null) ? copyOf(object) : Map.of();
	}

	private static Object copyOf(Object value) {
		if (value instanceof Map<?, ?> object) {
			return copyOf(object);
		}
		if (value instanceof List<?> array) {
			List<@Nullable Object> copy = new ArrayList<>(array.size());
			array.forEach((element) -> copy.add((element != null) ? copyOf(element) : null));
			return Collections.unmodifiableList(copy);
		}
		return value;
	}

}
