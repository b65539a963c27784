/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.access;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;

import io.x402.spring.pricing.PassTerms;
import io.x402.spring.protocol.Sha256;

/**
 * The cookie in which a browser keeps the token of a pass, out of reach of the scripts of
 * its page. One pass, one cookie: the name has the scope, so that no other passes are
 * looked for, and the identity, so that a new pass does not push out the rest of another
 * one. It counts only in requests that pages of the same origin or the user have made.
 */
final class PassCookie {

	/** Browsers limit the life of cookies to this. */
	private static final Duration LONGEST = Duration.ofDays(400);

	/** In which a call that is running may fail and give its use back. */
	private static final Duration USED_UP = Duration.ofMinutes(10);

	/**
	 * How many cookies of a scope a browser keeps and sends. Each one costs a look at the
	 * store, and some 130 bytes of every request.
	 */
	static final int MOST = 10;

	private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

	private PassCookie() {
	}

	/**
	 * Return whether a browser that pays can keep a token in a cookie.
	 * @param url public URL of the paid resource
	 * @param headers returns the values of a header field of the request
	 * @return {@code true} if a page of the same origin pays, and its connection counts
	 * as secure
	 */
	static boolean isKept(String url, Function<String, List<String>> headers) {
		return List.of("same-origin").equals(headers.apply("Sec-Fetch-Site")) && isSecure(URI.create(url));
	}

	/**
	 * Make room for the cookie of a token that was bought.
	 * @param token the token
	 * @param scope the scope
	 * @param headers returns the values of a header field of the request
	 * @param rest returns how many uses another token has left if those are too few for a
	 * call, else {@link Long#MAX_VALUE}
	 * @return the tokens that must go, those with the least left; empty if there is no
	 * room
	 */
	static Optional<List<PassToken>> makeRoom(PassToken token, String scope, Function<String, List<String>> headers,
			ToLongFunction<PassToken> rest) {
		List<PassToken> others = all(scope, headers).stream()
			.filter((other) -> !other.id().equals(token.id()))
			.toList();
		int excess = others.size() - MOST + 1;
		if (excess <= 0) {
			return Optional.of(List.of());
		}
		Map<PassToken, Long> left = new LinkedHashMap<>();
		others.stream().limit(2L * MOST).forEach((other) -> left.put(other, rest.applyAsLong(other)));
		left.values().removeIf((uses) -> uses == Long.MAX_VALUE);
		List<PassToken> gone = left.entrySet()
			.stream()
			.sorted(Map.Entry.comparingByValue())
			.limit(excess)
			.map(Map.Entry::getKey)
			.toList();
		return (gone.size() == excess) ? Optional.of(gone) : Optional.empty();
	}

	/**
	 * Browsers take secure cookies from their own machine as well.
	 */
	private static boolean isSecure(URI url) {
		String host = Objects.requireNonNullElse(url.getHost(), "");
		return "https".equalsIgnoreCase(url.getScheme()) || host.equals("localhost") || host.endsWith(".localhost")
				|| host.startsWith("127.") || host.equals("[::1]");
	}

	/**
	 * Return the tokens of a scope that a browser sends, the one that was bought last
	 * first, so that older ones never hide what was just paid for.
	 * @param scope the scope
	 * @param headers returns the values of a header field of the request
	 * @return the tokens, none if another site may have caused the request, or the
	 * browser makes it in advance
	 */
	static List<PassToken> tokens(String scope, Function<String, List<String>> headers) {
		List<String> sites = headers.apply("Sec-Fetch-Site");
		boolean wanted = sites.size() == 1 && OWN_SITES.contains(sites.get(0))
				&& headers.apply("Sec-Purpose").isEmpty();
		return wanted ? all(scope, headers).stream().limit(MOST).toList() : List.of();
	}

	private static Deque<PassToken> all(String scope, Function<String, List<String>> headers) {
		Deque<PassToken> tokens = new ArrayDeque<>();
		headers.apply("Cookie")
			.stream()
			.flatMap((header) -> Arrays.stream(header.split(";")))
			.flatMap((pair) -> token(pair.strip(), prefix(scope)).stream())
			.forEach(tokens::addFirst);
		return tokens;
	}

	private static Optional<PassToken> token(String pair, String prefix) {
		String[] parts = pair.split("=", 2);
		return (parts.length == 2 && parts[0].startsWith(prefix))
				? Optional.ofNullable(PassToken.parse(parts[0].substring(prefix.length()) + '.' + parts[1]))
				: Optional.empty();
	}

	/**
	 * Return the cookie of a pass that was bought or used.
	 */
	static String keep(PassToken token, PassTerms terms) {
		Duration duration = terms.duration();
		return text(token, terms, (duration != null && duration.compareTo(LONGEST) < 0) ? duration : LONGEST);
	}

	/**
	 * Return the cookie of a pass without uses.
	 */
	static String keepForAWhile(PassToken token, PassTerms terms) {
		return text(token, terms, USED_UP);
	}

	/**
	 * Return what deletes the cookie of a pass that has ended for good.
	 */
	static String delete(PassToken token, PassTerms terms) {
		return prefix(terms.scope()) + token.id() + "=" + attributes(Duration.ZERO);
	}

	private static String text(PassToken token, PassTerms terms, Duration life) {
		return prefix(terms.scope()) + token.id() + "=" + token.code() + attributes(life);
	}

	private static String attributes(Duration life) {
		return "; Path=/; Max-Age=" + life.toSeconds() + "; Secure; HttpOnly; SameSite=Strict";
	}

	private static String prefix(String scope) {
		return PassHeaders.COOKIE_PREFIX + Sha256.of(scope).substring(0, 8) + "-";
	}

}
