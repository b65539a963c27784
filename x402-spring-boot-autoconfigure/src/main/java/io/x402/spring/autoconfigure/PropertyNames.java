/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.io.ClassPathResource;

/**
 * Names of all properties of the starter. An element of a list is written {@code []}, a
 * key of a map {@code *}.
 *
 * @param names the names
 */
record PropertyNames(List<String> names) {

	private static final String RESOURCE = "properties.txt";

	private static final String ELEMENT = "[]";

	private static final String KEY = ".*";

	static PropertyNames load() {
		try {
			String text = new ClassPathResource(RESOURCE, PropertyNames.class)
				.getContentAsString(StandardCharsets.UTF_8);
			return new PropertyNames(text.lines().toList());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return whether a property, or one below it, exists.
	 */
	boolean contains(ConfigurationPropertyName name) {
		String wanted = uniform(name);
		return this.names.stream().map(PropertyNames::uniform).anyMatch((known) -> matches(known, wanted));
	}

	/**
	 * Return whether there are only properties below a name, so that it has no value
	 * itself.
	 */
	boolean isGroup(ConfigurationPropertyName name) {
		String wanted = uniform(name);
		return this.names.stream().map(PropertyNames::uniform).noneMatch((known) -> known.equals(wanted))
				&& this.names.stream().map(PropertyNames::uniform).anyMatch((known) -> known.startsWith(wanted + "."));
	}

	/**
	 * Return whether an environment variable stands for a property. Variables show
	 * neither dashes nor the difference between an element and an index.
	 */
	boolean containsVariable(String variable) {
		String wanted = letters(variable);
		return this.names.stream()
			.anyMatch(
					(known) -> known.endsWith(KEY) ? wanted.startsWith(letters(known)) : wanted.equals(letters(known)));
	}

	private static boolean matches(String known, String wanted) {
		if (known.endsWith(KEY) && wanted.startsWith(known.substring(0, known.length() - KEY.length()))) {
			return true;
		}
		return known.equals(wanted) || known.startsWith(wanted + ".") || known.startsWith(wanted + ELEMENT);
	}

	private static String uniform(ConfigurationPropertyName name) {
		return IntStream.range(0, name.getNumberOfElements())
			.mapToObj((i) -> name.isNumericIndex(i) ? ELEMENT : "." + name.getElement(i, Form.UNIFORM))
			.collect(Collectors.joining())
			.substring(1);
	}

	private static String uniform(String name) {
		return name.toLowerCase(Locale.ROOT).replace("-", "");
	}

	private static String letters(String name) {
		return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
	}

}
