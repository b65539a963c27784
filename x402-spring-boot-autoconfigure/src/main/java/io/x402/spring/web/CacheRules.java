/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

import io.x402.spring.protocol.ProtocolVersion;

import org.springframework.http.HttpHeaders;

/**
 * Caching of responses to requests that carry, or might carry, a payment.
 */
final class CacheRules {

	private static final String NO_STORE = "no-store";

	private static final Set<String> SHARED_CACHING = Set.of("public", "s-maxage", "proxy-revalidate");

	private CacheRules() {
	}

	/**
	 * Forbid to store a refusal.
	 */
	static void forbid(ResponseHeaders headers) {
		headers.set(HttpHeaders.CACHE_CONTROL, NO_STORE);
		vary(headers);
	}

	/**
	 * Keep a response that one buyer paid for from shared caches, whatever its handler
	 * says.
	 */
	static void keepPrivate(ResponseHeaders headers) {
		Set<String> directives = headers.values(HttpHeaders.CACHE_CONTROL)
			.stream()
			.flatMap((value) -> Arrays.stream(value.split(",")))
			.map(String::trim)
			.filter((directive) -> !directive.isEmpty() && !SHARED_CACHING.contains(name(directive)))
			.collect(Collectors.toCollection(LinkedHashSet::new));
		if (directives.stream().noneMatch("private"::equalsIgnoreCase)) {
			directives.add("private");
		}
		headers.set(HttpHeaders.CACHE_CONTROL, String.join(", ", directives));
		keepFromContentNetworks(headers);
		vary(headers);
	}

	/**
	 * Content networks and nginx obey headers of their own before Cache-Control.
	 */
	private static void keepFromContentNetworks(ResponseHeaders headers) {
		for (String header : List.copyOf(headers.names())) {
			String name = header.toLowerCase(Locale.ROOT);
			if (name.endsWith("-cache-control") || name.equals("surrogate-control")) {
				headers.set(header, NO_STORE);
			}
			else if (name.equals("x-accel-expires")) {
				headers.set(header, "0");
			}
		}
	}

	private static void vary(ResponseHeaders headers) {
		for (ProtocolVersion version : ProtocolVersion.values()) {
			headers.add(HttpHeaders.VARY, version.paymentHeader());
		}
	}

	private static String name(String directive) {
		int end = directive.indexOf('=');
		return ((end >= 0) ? directive.substring(0, end) : directive).trim().toLowerCase(Locale.ROOT);
	}

}
