/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Makes text of a facilitator safe to pass on. It may hold anything, an echo of the
 * payment included.
 */
final class UpstreamText {

	private static final int MAX_EXCERPT = 200;

	private static final Pattern REASON = Pattern.compile("[A-Za-z0-9_.:-]{1,100}");

	private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");

	private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");

	/** Longer than an address, shorter than a nonce, signature or token. */
	private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9+/=_-]{43,}+");

	private UpstreamText() {
	}

	/**
	 * Return a machine-readable reason.
	 * @param text text of the facilitator
	 * @return the same text, or {@code null} if it is anything else
	 */
	static @Nullable String reason(@Nullable String text) {
		return (text != null && REASON.matcher(text).matches()) ? text : null;
	}

	/**
	 * Return an address, a hash or another single word.
	 * @param text text of the facilitator
	 * @return the same text, or {@code null} if it is anything else
	 */
	static @Nullable String identifier(@Nullable String text) {
		return (text != null && IDENTIFIER.matcher(text).matches()) ? text : null;
	}

	/**
	 * Return the beginning of a text for the log, on one line and without anything long
	 * enough to be a secret.
	 * @param text text of the facilitator
	 * @return at most 200 characters
	 */
	static String excerpt(@Nullable String text) {
		if (text == null) {
			return "";
		}
		String visible = INVISIBLE.matcher(text).replaceAll(" ");
		String harmless = SECRET.matcher(visible).replaceAll("[...]");
		return (harmless.length() <= MAX_EXCERPT) ? harmless : harmless.substring(0, MAX_EXCERPT);
	}

	static String excerpt(byte[] body) {
		return excerpt(new String(body, StandardCharsets.UTF_8));
	}

}
