/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.x402.spring.pricing.PassTerms;
import io.x402.spring.protocol.SignInPayload;
import io.x402.spring.store.PassRecord;
import org.jspecify.annotations.Nullable;

/**
 * Header fields about passes.
 *
 * @since 0.2.0
 */
public final class PassHeaders {

	/** Name of the field with the token, in requests and responses. */
	public static final String TOKEN = "X402-Pass";

	/** Name of the field with the time of the end of a pass, in ISO 8601. */
	public static final String EXPIRES = "X402-Pass-Expires";

	/** Name of the field with the number of calls that are left. */
	public static final String REMAINING = "X402-Pass-Remaining";

	/** Name of the field with what is left of a balance, in atomic units of its token. */
	public static final String BALANCE = "X402-Credit-Balance";

	/** Name of the field with what is sold. */
	public static final String POLICY = "X402-Pass-Policy";

	static final String SET_COOKIE = "Set-Cookie";

	/** How the names of cookies begin that browsers keep tokens in. */
	static final String COOKIE_PREFIX = "__Host-x402-pass-";

	private PassHeaders() {
	}

	/**
	 * Return whether a request sends something that may open a pass: a token, in its
	 * header or in a cookie, or a sign-in.
	 * @param headers returns the values of a header field, none if it is absent
	 * @return whether there is one, well-formed or not
	 */
	public static boolean areSent(Function<String, List<String>> headers) {
		return !headers.apply(TOKEN).isEmpty() || !headers.apply(SignInPayload.HEADER).isEmpty()
				|| headers.apply("Cookie").stream().anyMatch((cookies) -> cookies.contains(COOKIE_PREFIX));
	}

	/**
	 * Return whether a cookie has a token.
	 * @param name name of the cookie, in any case
	 * @return {@code true} if it is one of ours
	 */
	public static boolean isCookie(String name) {
		return name.regionMatches(true, 0, COOKIE_PREFIX, 0, COOKIE_PREFIX.length());
	}

	static Map<String, String> of(PassTerms terms, @Nullable PassRecord pass) {
		Map<String, String> headers = new LinkedHashMap<>();
		if (terms.isBalance()) {
			putIfKnown(headers, BALANCE, (pass != null) ? pass.remaining() : null);
			return headers;
		}
		headers.put(POLICY, terms.policy());
		if (pass != null) {
			putIfKnown(headers, EXPIRES, pass.expiresAt());
			putIfKnown(headers, REMAINING, pass.remaining());
		}
		return headers;
	}

	private static void putIfKnown(Map<String, String> headers, String name, @Nullable Object value) {
		if (value != null) {
			headers.put(name, value.toString());
		}
	}

}
