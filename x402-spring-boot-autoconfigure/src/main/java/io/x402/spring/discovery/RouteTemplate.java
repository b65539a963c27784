/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.discovery;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.web.util.UriUtils;

/**
 * A path pattern of Spring as catalogues write it.
 *
 * @param text the template, such as {@code /forecast/:city}, or {@code null} if the path
 * of the request is used
 * @param variables names of the path variables
 */
record RouteTemplate(@Nullable String text, Set<String> variables) {

	private static final Pattern VALID = Pattern.compile("^/[a-zA-Z0-9_/:.\\-~%]+$");

	private static final Pattern VARIABLE = Pattern.compile("\\{\\*?(\\w+)(?::(?:[^{}]|\\{[^{}]*})*)?}");

	private static final Pattern WILDCARD = Pattern.compile("\\*\\*?");

	/**
	 * Translate a path pattern.
	 * @param prefix public path of the application, empty or beginning with a slash
	 * @param pattern the pattern
	 * @return the template
	 */
	static RouteTemplate of(String prefix, String pattern) {
		Set<String> variables = new LinkedHashSet<>();
		Matcher variable = VARIABLE.matcher(pattern);
		String named = variable.replaceAll((match) -> {
			variables.add(match.group(1));
			return ":" + match.group(1);
		});
		int[] number = new int[1];
		String text = prefix + WILDCARD.matcher(named).replaceAll((match) -> ":var" + ++number[0]);
		boolean isTemplate = !variables.isEmpty() || number[0] > 0;
		boolean isEverything = pattern.equals("/**");
		return new RouteTemplate((isTemplate && !isEverything && isValid(text)) ? text : null, variables);
	}

	/**
	 * Return a path pattern without the regular expressions of its variables.
	 * @param pattern the pattern
	 * @return the path with the names of variables in braces, or {@code null} if it has
	 * wildcards
	 */
	static @Nullable String plain(String pattern) {
		String path = VARIABLE.matcher(pattern).replaceAll((match) -> "{" + match.group(1) + "}");
		return (path.contains("*") || path.contains("?")) ? null : path;
	}

	/**
	 * Replace path variables by their names, as indexes request a resource.
	 * @param plain a path with the names of variables in braces
	 */
	static String named(String plain) {
		return plain.replaceAll("\\{([^}]*)}", "$1");
	}

	/**
	 * Apply the rules of the reference facilitator.
	 */
	static boolean isValid(String template) {
		if (!VALID.matcher(template).matches()) {
			return false;
		}
		try {
			String decoded = template;
			for (int i = 0; i < 5; i++) {
				decoded = UriUtils.decode(decoded, StandardCharsets.UTF_8);
			}
			return !decoded.contains("..") && !decoded.contains("://");
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

}
