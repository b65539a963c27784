/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

import org.springframework.http.HttpHeaders;
import org.springframework.util.StringUtils;

/**
 * The headers of a request that may be handed on to another server.
 *
 * @since 0.2.0
 */
public final class ForwardableHeaders {

	/** How the names of headers begin that only the server of the seller must see. */
	private static final List<String> SECRETS = List.of("payment-", "x-payment", "x402-", "sign-in-with-x",
			"settlement-overrides");

	/** Of the Machine Payments Protocol. */
	private static final Pattern PAYMENT_SCHEME = Pattern.compile("\\s*payment\\b", Pattern.CASE_INSENSITIVE);

	private ForwardableHeaders() {
	}

	/**
	 * Return the headers of a request without those that only this server must see: its
	 * payment, its pass and its sign-in. Whoever forwards a request to another server
	 * must not hand them on, since a payment that is not settled yet is money.
	 * @param headers headers of the request
	 * @return a copy that may be changed
	 */
	public static HttpHeaders of(HttpHeaders headers) {
		HttpHeaders forwarded = new HttpHeaders();
		headers.forEach((name, values) -> values.stream()
			.map((value) -> forwardable(name, value))
			.flatMap(Optional::stream)
			.forEach((value) -> forwarded.add(name, value)));
		return forwarded;
	}

	/**
	 * Some servers do not tell underscores from hyphens.
	 */
	private static Optional<String> forwardable(String name, String value) {
		String key = name.toLowerCase(Locale.ROOT).replace('_', '-');
		if (key.equals("cookie")) {
			return Optional.of(PageCookie.remove(value)).filter(StringUtils::hasLength);
		}
		if (SECRETS.stream().anyMatch(key::startsWith)) {
			return Optional.empty();
		}
		return key.endsWith("authorization") ? others(value) : Optional.of(value);
	}

	/**
	 * Credentials of other schemes, which may stand in the same header.
	 */
	private static Optional<String> others(String value) {
		String others = PaymentCredentials.without(value);
		return Optional.of(others)
			.filter((text) -> StringUtils.hasText(text) && !PAYMENT_SCHEME.matcher(text).lookingAt());
	}

}
