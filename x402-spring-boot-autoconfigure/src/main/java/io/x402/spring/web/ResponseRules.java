/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Rules for what the handler of a priced request may send, whatever the transport.
 *
 * @since 0.1.0
 */
public final class ResponseRules {

	/** Headers that speak for this server's payments, whoever tries to set them. */
	private static final Set<String> RESERVED = Set.of("payment-required", "payment-response", "x-payment-response",
			"payment-receipt", "settlement-overrides", "x402-pass", "x402-pass-expires", "x402-pass-remaining",
			"x402-pass-policy", "x402-credit-balance");

	/** Headers that an error needs. Any other one of a handler may be sold. */
	private static final Set<String> OF_ERRORS = Set.of("accept", "accept-patch", "accept-post", "allow",
			"cache-control", "connection", "content-encoding", "content-language", "content-length", "content-type",
			"date", "expires", "pragma", "proxy-authenticate", "retry-after", "server", "vary", "www-authenticate",
			"ratelimit", "ratelimit-policy");

	private static final List<String> OF_ERRORS_BY_PREFIX = List.of("access-control-", "ratelimit-", "x-ratelimit-");

	private ResponseRules() {
	}

	/**
	 * Return whether a handler must not set a header: it speaks for the payment, or how a
	 * body is transferred, which is up to a container that trusts the header more than
	 * itself.
	 * @param name name of the header, in any case
	 * @return {@code true} if it is not for handlers to set
	 */
	public static boolean isReserved(String name) {
		return RESERVED.contains(name.toLowerCase(Locale.ROOT)) || HttpHeaders.TRANSFER_ENCODING.equalsIgnoreCase(name);
	}

	/**
	 * Return whether an error, which no one is charged for, may carry a header.
	 * @param name name of the header, in any case
	 * @return {@code false} if its value may be sold
	 */
	public static boolean isOfErrors(String name) {
		String key = name.toLowerCase(Locale.ROOT);
		return OF_ERRORS.contains(key) || OF_ERRORS_BY_PREFIX.stream().anyMatch(key::startsWith);
	}

	/**
	 * Return whether the parts of a body are sent one by one, also by handlers that are
	 * not asynchronous.
	 * @param contentType content type of the response, or {@code null}
	 * @return {@code true} for events and lines of JSON
	 */
	public static boolean isSentInParts(@Nullable String contentType) {
		return contentType != null && (contentType.startsWith(MediaType.TEXT_EVENT_STREAM_VALUE)
				|| contentType.startsWith(MediaType.APPLICATION_NDJSON_VALUE));
	}

	/**
	 * Check a redirect.
	 * @param status HTTP status
	 * @param location where it leads
	 * @throws IllegalArgumentException if the status is no redirect, or the location is
	 * no URI reference, not even with its characters encoded
	 */
	public static void checkRedirect(int status, @Nullable String location) {
		if (status / 100 != 3) {
			throw new IllegalArgumentException("Status " + status + " is not a redirect");
		}
		if (location == null) {
			throw new IllegalArgumentException("A redirect must have a location");
		}
		try {
			UriComponentsBuilder.fromUriString(location).build().encode().toUri();
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			throw new IllegalArgumentException("The location of a redirect is not a URI", ex);
		}
	}

}
