/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The keywords of JSON Schema 2020-12 that declarations have. Other keywords, formats and
 * references to other documents say nothing about a value.
 */
final class SchemaRules {

	private static final int MAX_DEPTH = 64;

	private static final int MAX_SHOWN = 60;

	private final Object root;

	/**
	 * Create the rules of a schema.
	 * @param root the schema, as maps, lists, texts, numbers, booleans and {@code null}
	 */
	SchemaRules(Object root) {
		this.root = root;
	}

	/**
	 * Validate a value.
	 * @param value the value, of the same kinds
	 * @param path where the value is, for the message
	 * @return why it is not valid, or {@code null} if it is
	 */
	@Nullable String problem(@Nullable Object value, String path) {
		return problem(this.root, value, path, 0);
	}

	private @Nullable String problem(@Nullable Object schema, @Nullable Object value, String path, int depth) {
		if (Boolean.FALSE.equals(schema)) {
			return path + " is not permitted by schema";
		}
		if (!(schema instanceof Map<?, ?> rules)) {
			return null;
		}
		if (depth > MAX_DEPTH) {
			return path + " has a schema without an end";
		}
		String problem = scalar(rules, value, path);
		problem = (problem != null) ? problem : number(rules, value, path);
		problem = (problem != null) ? problem : sizes(rules, value, path);
		problem = (problem != null) ? problem : combined(rules, value, path, depth + 1);
		if (problem == null && value instanceof Map<?, ?> members) {
			problem = members(rules, members, path, depth + 1);
		}
		if (problem == null && value instanceof List<?> items) {
			problem = items(rules, items, path, depth + 1);
		}
		return problem;
	}

	private static @Nullable String scalar(Map<?, ?> rules, @Nullable Object value, String path) {
		Object type = rules.get("type");
		boolean typed = (type instanceof List<?> types) ? types.stream().anyMatch((name) -> isOfType(name, value))
				: type == null || isOfType(type, value);
		if (!typed) {
			return path + " is " + shown(value) + ", but its schema says " + type;
		}
		if (rules.containsKey("const") && !isEqual(rules.get("const"), value)) {
			return path + " is " + shown(value) + ", but its schema says " + shown(rules.get("const"));
		}
		if (rules.get("enum") instanceof List<?> values
				&& values.stream().noneMatch((permitted) -> isEqual(permitted, value))) {
			return path + " is " + shown(value) + ", which is no value of its schema's enum";
		}
		return null;
	}

	private static boolean isOfType(@Nullable Object type, @Nullable Object value) {
		return switch (String.valueOf(type)) {
			case "object" -> value instanceof Map;
			case "array" -> value instanceof List;
			case "string" -> value instanceof String;
			case "boolean" -> value instanceof Boolean;
			case "null" -> value == null;
			case "number" -> value instanceof Number;
			case "integer" -> value instanceof Number number && isWhole(number);
			default -> false;
		};
	}

	private static boolean isWhole(Number number) {
		return decimal(number).stripTrailingZeros().scale() <= 0;
	}

	private static boolean isEqual(@Nullable Object first, @Nullable Object second) {
		if (first instanceof Number one && second instanceof Number other) {
			return decimal(one).compareTo(decimal(other)) == 0;
		}
		return Objects.equals(first, second);
	}

	private static @Nullable String number(Map<?, ?> rules, @Nullable Object value, String path) {
		if (!(value instanceof Number number)) {
			return null;
		}
		BigDecimal decimal = decimal(number);
		boolean within = isWithin(rules.get("minimum"), decimal, 1, true)
				&& isWithin(rules.get("exclusiveMinimum"), decimal, 1, false)
				&& isWithin(rules.get("maximum"), decimal, -1, true)
				&& isWithin(rules.get("exclusiveMaximum"), decimal, -1, false);
		if (!within) {
			return path + " is " + shown(value) + ", beyond the limits of its schema";
		}
		boolean multiple = !(rules.get("multipleOf") instanceof Number step) || decimal(step).signum() == 0
				|| decimal.remainder(decimal(step)).signum() == 0;
		return multiple ? null : path + " is " + shown(value) + ", but its schema says multipleOf";
	}

	private static boolean isWithin(@Nullable Object bound, BigDecimal value, int direction, boolean inclusive) {
		if (!(bound instanceof Number number)) {
			return true;
		}
		int compared = value.compareTo(decimal(number)) * direction;
		return inclusive ? compared >= 0 : compared > 0;
	}

	private static @Nullable String sizes(Map<?, ?> rules, @Nullable Object value, String path) {
		boolean fits = true;
		if (value instanceof String text) {
			fits = isWithin(rules, "minLength", "maxLength", text.codePointCount(0, text.length()));
		}
		else if (value instanceof List<?> items) {
			fits = isWithin(rules, "minItems", "maxItems", items.size())
					&& (!Boolean.TRUE.equals(rules.get("uniqueItems")) || new HashSet<>(items).size() == items.size());
		}
		else if (value instanceof Map<?, ?> members) {
			fits = isWithin(rules, "minProperties", "maxProperties", members.size());
		}
		return fits ? null : path + " is " + shown(value) + ", not of the size that its schema says";
	}

	private static boolean isWithin(Map<?, ?> rules, String minimum, String maximum, int size) {
		return isWithin(rules.get(minimum), BigDecimal.valueOf(size), 1, true)
				&& isWithin(rules.get(maximum), BigDecimal.valueOf(size), -1, true);
	}

	private @Nullable String combined(Map<?, ?> rules, @Nullable Object value, String path, int depth) {
		if (rules.get("$ref") instanceof String reference) {
			String problem = reference.startsWith("#") ? problem(referred(reference), value, path, depth) : null;
			if (problem != null) {
				return problem;
			}
		}
		if (rules.get("allOf") instanceof List<?> schemas) {
			for (Object schema : schemas) {
				String problem = problem(schema, value, path, depth);
				if (problem != null) {
					return problem;
				}
			}
		}
		boolean none = rules.get("anyOf") instanceof List<?> any && matches(any, value, path, depth) == 0;
		boolean several = rules.get("oneOf") instanceof List<?> one && matches(one, value, path, depth) != 1;
		boolean denied = rules.get("not") != null && problem(rules.get("not"), value, path, depth) == null;
		return (none || several || denied)
				? path + " is " + shown(value) + ", which none of the forms of its schema permits" : null;
	}

	private long matches(List<?> schemas, @Nullable Object value, String path, int depth) {
		return schemas.stream().filter((schema) -> problem(schema, value, path, depth) == null).count();
	}

	/**
	 * What a reference leads to; what is not there permits nothing.
	 */
	private Object referred(String reference) {
		Object found = this.root;
		for (String name : reference.substring(1).split("/")) {
			if (!name.isEmpty()) {
				String key = name.replace("~1", "/").replace("~0", "~");
				found = (found instanceof Map<?, ?> members && members.containsKey(key)) ? members.get(key) : false;
			}
		}
		return Objects.requireNonNullElse(found, false);
	}

	private @Nullable String members(Map<?, ?> rules, Map<?, ?> value, String path, int depth) {
		if (rules.get("required") instanceof List<?> names) {
			for (Object name : names) {
				if (!value.containsKey(name)) {
					return path + "." + name + " is missing";
				}
			}
		}
		Map<?, ?> properties = (rules.get("properties") instanceof Map<?, ?> known) ? known : Map.of();
		Object others = rules.get("additionalProperties");
		for (Map.Entry<?, ?> member : value.entrySet()) {
			Object schema = properties.containsKey(member.getKey()) ? properties.get(member.getKey()) : others;
			String problem = problem(schema, member.getValue(), path + "." + member.getKey(), depth);
			if (problem != null) {
				return problem;
			}
		}
		return null;
	}

	private @Nullable String items(Map<?, ?> rules, List<?> value, String path, int depth) {
		List<?> first = (rules.get("prefixItems") instanceof List<?> schemas) ? schemas : List.of();
		for (int i = 0; i < value.size(); i++) {
			Object schema = (i < first.size()) ? first.get(i) : rules.get("items");
			String problem = problem(schema, value.get(i), path + "[" + i + "]", depth);
			if (problem != null) {
				return problem;
			}
		}
		return null;
	}

	private static BigDecimal decimal(Number number) {
		return new BigDecimal(number.toString());
	}

	private static String shown(@Nullable Object value) {
		String text = (value instanceof String) ? "'" + value + "'" : String.valueOf(value);
		return (text.length() <= MAX_SHOWN) ? text : text.substring(0, MAX_SHOWN) + "…";
	}

}
