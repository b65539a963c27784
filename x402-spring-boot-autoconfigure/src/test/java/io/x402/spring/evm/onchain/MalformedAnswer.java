/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers of a node that are none: changed from the true one by chance, from a fixed
 * seed. No change is a well-formed lie.
 */
final class MalformedAnswer {

	private static final List<String> BODIES = List.of("", "null", "[]", "42", "\"0x1\"", "{}", "true",
			"<html><body>502 Bad Gateway</body></html>", "{\"jsonrpc\":\"2.0\",\"id\":1}",
			"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":null}", "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":\"overloaded\"}",
			"{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{}}", "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":\"x\"}}",
			"[".repeat(5000), "{\"result\":".repeat(2000));

	private static final List<String> VALUES = List.of("null", "17", "-1", "1e400", "1.5", "9".repeat(400), "true",
			"[]", "{}", "[null]", "\"\"", "\"0x\"", "\"0xzz\"", "\"-0x1\"", "\"1\"", "\"0x1g\"",
			"\"" + "x".repeat(10_000) + "\"", "\"0x" + "f".repeat(641) + "\"", "{\"result\":\"0x1\"}", "[[[[[[]]]]]]");

	private final Random random;

	MalformedAnswer(long seed) {
		this.random = new Random(seed);
	}

	/**
	 * Return what the node answers instead.
	 * @param answer the true response of the node
	 */
	String of(String answer) {
		return switch (this.random.nextInt(5)) {
			case 0 -> pick(BODIES);
			case 1 -> answer.substring(0, this.random.nextInt(answer.length()));
			case 2 -> with(answer, "id", pick(VALUES));
			case 3 -> with(answer, "result", pick(VALUES));
			default -> changedWithin(answer);
		};
	}

	private static String with(String answer, String member, String value) {
		ObjectNode changed = ((ObjectNode) JsonMapper.shared().readTree(answer)).deepCopy();
		changed.put(member, "REPLACED");
		return changed.toString().replace("\"REPLACED\"", value);
	}

	/** A member of the result is missing or of another type, at any depth. */
	private String changedWithin(String answer) {
		ObjectNode changed = ((ObjectNode) JsonMapper.shared().readTree(answer)).deepCopy();
		List<ObjectNode> objects = new ArrayList<>();
		collect(changed.path("result"), objects);
		if (objects.isEmpty()) {
			return with(answer, "result", pick(VALUES));
		}
		ObjectNode object = objects.get(this.random.nextInt(objects.size()));
		String member = pick(List.copyOf(object.propertyNames()));
		if (this.random.nextInt(3) == 0) {
			object.remove(member);
			return changed.toString();
		}
		object.put(member, "REPLACED");
		return changed.toString().replace("\"REPLACED\"", pick(VALUES));
	}

	private static void collect(JsonNode node, List<ObjectNode> objects) {
		if (node instanceof ObjectNode object && !object.isEmpty()) {
			objects.add(object);
			object.forEach((child) -> collect(child, objects));
		}
		else if (node instanceof ArrayNode array) {
			array.forEach((child) -> collect(child, objects));
		}
	}

	/**
	 * Return one of the values.
	 */
	private String pick(List<String> values) {
		return values.get(this.random.nextInt(values.size()));
	}

}
