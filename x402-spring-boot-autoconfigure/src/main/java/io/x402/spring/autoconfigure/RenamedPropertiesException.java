/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * Exception for properties that are set by their former names.
 */
final class RenamedPropertiesException extends RuntimeException {

	private final Map<String, String> names;

	/**
	 * Create an exception.
	 * @param names current names by former names
	 */
	RenamedPropertiesException(Map<String, String> names) {
		super("Renamed properties are set: " + String.join(", ", names.keySet()));
		this.names = Map.copyOf(names);
	}

	String description() {
		return "Properties are set by former names, which have no effect any more:" + this.names.keySet()
			.stream()
			.sorted()
			.map((former) -> "\n    - " + former)
			.collect(Collectors.joining());
	}

	String remedy() {
		return "Use the current names, which docs/configuration.md describes:" + this.names.entrySet()
			.stream()
			.sorted(Map.Entry.comparingByKey())
			.map((entry) -> "\n    - '" + entry.getValue() + "' instead of '" + entry.getKey() + "'")
			.collect(Collectors.joining());
	}

}
