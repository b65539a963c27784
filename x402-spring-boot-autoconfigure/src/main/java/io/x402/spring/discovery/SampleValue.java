/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the smallest value that is valid under a {@link PlainSchema}, as an example of a
 * call. Only required members are part of it.
 */
final class SampleValue {

	private static final int MAX_LENGTH = 256;

	private static final Map<String, String> FORMATS = Map.of("date-time", "2026-01-01T00:00:00Z", "date", "2026-01-01",
			"time", "00:00:00Z", "uuid", "00000000-0000-0000-0000-000000000000", "uri", "https://example.com", "email",
			"name@example.com", "duration", "PT1S", "ipv4", "192.0.2.1", "binary", "file");

	private SampleValue() {
	}

	/**
	 * Make a value.
	 * @param schema the schema
	 * @return the value, or nothing if none was found
	 */
	static Optional<Object> of(Map<?, ?> schema) {
		if (schema.containsKey("const")) {
			return Optional.ofNullable(schema.get("const"));
		}
		Object given = GivenExample.of(schema);
		if (given != null) {
			return Optional.of(given);
		}
		if (schema.get("enum") instanceof List<?> values) {
			return values.isEmpty() ? Optional.empty() : Optional.ofNullable(values.get(0));
		}
		Object type = schema.get("type");
		if ("object".equals(type)) {
			return object(schema);
		}
		if ("array".equals(type)) {
			return array(schema);
		}
		if ("boolean".equals(type)) {
			return Optional.of(true);
		}
		if ("integer".equals(type) || "number".equals(type)) {
			return number(schema, "integer".equals(type));
		}
		return "string".equals(type) ? string(schema) : Optional.of(Map.of());
	}

	private static Optional<Object> object(Map<?, ?> schema) {
		Map<String, Object> members = new LinkedHashMap<>();
		Map<?, ?> properties = (schema.get("properties") instanceof Map<?, ?> map) ? map : Map.of();
		List<?> required = (schema.get("required") instanceof List<?> names) ? names : List.of();
		Set<Object> names = new LinkedHashSet<>(required);
		properties.forEach((name, member) -> {
			if (member instanceof Map<?, ?> described && GivenExample.of(described) != null) {
				names.add(name);
			}
		});
		for (Object name : names) {
			Optional<Object> member = of((properties.get(name) instanceof Map<?, ?> map) ? map : Map.of());
			if (member.isEmpty()) {
				return Optional.empty();
			}
			members.put(String.valueOf(name), member.get());
		}
		return Optional.of(members);
	}

	private static Optional<Object> array(Map<?, ?> schema) {
		int size = decimal(schema, "minItems").map(BigDecimal::intValue).orElse(0);
		int max = decimal(schema, "maxItems").map(BigDecimal::intValue).orElse(MAX_LENGTH);
		if (size == 0) {
			return Optional.of(List.of());
		}
		Optional<Object> item = of((schema.get("items") instanceof Map<?, ?> items) ? items : Map.of());
		return (size > Math.min(max, MAX_LENGTH)) ? Optional.empty()
				: item.map((value) -> Collections.nCopies(size, value));
	}

	private static Optional<Object> string(Map<?, ?> schema) {
		int min = decimal(schema, "minLength").map(BigDecimal::intValue).orElse(0);
		int max = decimal(schema, "maxLength").map(BigDecimal::intValue).orElse(MAX_LENGTH);
		String text = "string";
		if (schema.get("format") instanceof String format) {
			String known = FORMATS.get(format);
			return Optional.ofNullable((known == null || known.length() < min || known.length() > max) ? null : known);
		}
		if (min > max || min > MAX_LENGTH) {
			return Optional.empty();
		}
		text = text + "x".repeat(Math.max(0, min - text.length()));
		return Optional.of(text.substring(0, Math.min(text.length(), max)));
	}

	private static Optional<Object> number(Map<?, ?> schema, boolean integer) {
		BigDecimal min = bound(schema, "minimum", "exclusiveMinimum", 1, integer).orElse(null);
		BigDecimal max = bound(schema, "maximum", "exclusiveMaximum", -1, integer).orElse(null);
		BigDecimal value = BigDecimal.ONE;
		if (min != null && value.compareTo(min) < 0) {
			value = min;
		}
		if (max != null && value.compareTo(max) > 0) {
			value = max;
		}
		if (min != null && value.compareTo(min) < 0) {
			return Optional.empty();
		}
		return Optional.of(integer ? (Object) whole(value) : value);
	}

	private static BigInteger whole(BigDecimal value) {
		return value.toBigIntegerExact();
	}

	/**
	 * Return the stricter of an inclusive and an exclusive bound, as an inclusive one.
	 */
	private static Optional<BigDecimal> bound(Map<?, ?> schema, String inclusive, String exclusive, int step,
			boolean integer) {
		RoundingMode inwards = (step > 0) ? RoundingMode.CEILING : RoundingMode.FLOOR;
		BigDecimal first = decimal(schema, inclusive).orElse(null);
		BigDecimal second = decimal(schema, exclusive)
			.map((bound) -> integer ? bound.setScale(0, (step > 0) ? RoundingMode.FLOOR : RoundingMode.CEILING)
				.add(BigDecimal.valueOf(step)) : bound.add(BigDecimal.valueOf(step)))
			.orElse(null);
		if (first != null && integer) {
			first = first.setScale(0, inwards);
		}
		if (first == null || second == null) {
			return Optional.ofNullable((first != null) ? first : second);
		}
		return Optional.of((first.compareTo(second) * step > 0) ? first : second);
	}

	private static Optional<BigDecimal> decimal(Map<?, ?> schema, String keyword) {
		return (schema.get(keyword) instanceof Number number) ? Optional.of(new BigDecimal(number.toString()))
				: Optional.empty();
	}

}
