/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.paywall;

import java.util.regex.Pattern;

/**
 * Makes the script of a page small. Not needed before the first browser comes.
 */
final class CompactScript {

	private static final Pattern INDENTATION = Pattern.compile("(?m)^\\s+|^//.*\\R");

	/** The script has no literals with these, because its texts are in the data. */
	private static final Pattern OPERATOR_SPACE = Pattern.compile(" (=>|[=!]==|[-=+*?:<>]|[<>]=|&&|\\|\\||\\?\\?) ");

	private static final Pattern BRACKET_SPACE = Pattern.compile("(?<=[,;:{}()]) | (?=[{}()])|(?<=[,;{}])\\n");

	private CompactScript() {
	}

	static String of(String script) {
		String flat = OPERATOR_SPACE.matcher(INDENTATION.matcher(script).replaceAll("")).replaceAll("$1");
		return BRACKET_SPACE.matcher(flat).replaceAll("");
	}

}
