/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What tells clients apart whose free calls are counted.
 *
 * @param kind kind of key
 * @param header name of the header, empty for other kinds
 * @since 0.2.0
 */
public record ClientKey(Kind kind, String header) {

	private static final String HEADER = "header:";

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}");

	/**
	 * Parse a key.
	 * @param text {@code principal}, {@code ip} or {@code header:} and a name
	 * @return the key, or {@code null} if the text is none
	 */
	public static @Nullable ClientKey parse(String text) {
		if (text.toLowerCase(Locale.ROOT).startsWith(HEADER)) {
			String name = text.substring(HEADER.length());
			return NAME.matcher(name).matches() ? new ClientKey(Kind.HEADER, name) : null;
		}
		return switch (text.toLowerCase(Locale.ROOT)) {
			case "principal" -> new ClientKey(Kind.PRINCIPAL, "");
			case "ip" -> new ClientKey(Kind.IP, "");
			default -> null;
		};
	}

	/**
	 * Kind of key.
	 */
	public enum Kind {

		/** The authenticated user, or else the network address. */
		PRINCIPAL,

		/** The network address. */
		IP,

		/**
		 * The value of a header, or else the network address. Anybody can invent values,
		 * so that those of one network share a limit.
		 */
		HEADER

	}

}
