/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * Comparison of decoded JSON values. Numbers are compared by their value, whatever their
 * spelling.
 *
 * @since 0.1.0
 */
public final class JsonValues {

	private JsonValues() {
	}

	/**
	 * Return whether a value says at least what another one says: objects contain objects
	 * member by member and may have more members; everything else must be equal.
	 * @param actual the value; an absent one contains an empty object
	 * @param expected what it must contain
	 * @return {@code true} if it does
	 */
	public static boolean contains(@Nullable Object actual, @Nullable Object expected) {
		if (expected instanceof Map<?, ?> members) {
			return (actual == null && members.isEmpty()) || (actual instanceof Map<?, ?> map && members.entrySet()
				.stream()
				.allMatch((member) -> map.containsKey(member.getKey())
						&& contains(map.get(member.getKey()), member.getValue())));
		}
		return isEqual(actual, expected);
	}

	/**
	 * Return whether two values are equal.
	 * @param actual a value
	 * @param expected another value
	 * @return {@code true} if they are
	 */
	public static boolean isEqual(@Nullable Object actual, @Nullable Object expected) {
		if (expected instanceof Number number) {
			return actual instanceof Number other && decimal(number).compareTo(decimal(other)) == 0;
		}
		if (expected instanceof List<?> list) {
			return actual instanceof List<?> other && list.size() == other.size()
					&& IntStream.range(0, list.size()).allMatch((i) -> isEqual(other.get(i), list.get(i)));
		}
		if (expected instanceof Map<?, ?> map) {
			return actual instanceof Map<?, ?> other && other.size() == map.size() && contains(other, map);
		}
		return (expected != null) ? expected.equals(actual) : actual == null;
	}

	private static BigDecimal decimal(Number number) {
		return new BigDecimal(number.toString());
	}

}
