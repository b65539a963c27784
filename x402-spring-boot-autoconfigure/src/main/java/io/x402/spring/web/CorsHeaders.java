/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Headers of the protocol that browser buyers of other origins may send and read, and the
 * headers that a preflight request asks for, split by who allows them.
 *
 * @param ofProtocol those that this library allows wherever the application lets the
 * origin in; {@code null} if there are none
 * @param ofApplication those that the application decides about; {@code null} if there
 * are none
 * @since 0.2.0
 */
public record CorsHeaders(@Nullable String ofProtocol, @Nullable String ofApplication) {

	/** Headers of responses, as a value of {@code Access-Control-Expose-Headers}. */
	public static final String EXPOSED = String.join(", ", "PAYMENT-REQUIRED", "PAYMENT-RESPONSE", "X-PAYMENT-RESPONSE",
			"WWW-Authenticate", "Payment-Receipt", "Retry-After", "Idempotent-Replayed", "X402-Pass",
			"X402-Pass-Expires", "X402-Pass-Remaining", "X402-Pass-Policy", "X402-Credit-Balance");

	/** The official browser buyers send that response header as a request header. */
	private static final Set<String> ALLOWED = Set.of("payment-signature", "x-payment", "accept-payment",
			"payment-authorization", "x402-pass", "sign-in-with-x", "access-control-expose-headers");

	/**
	 * Split what a preflight request asks for.
	 * @param values values of {@code Access-Control-Request-Headers}
	 * @return the names, separated by commas
	 */
	public static CorsHeaders requested(Collection<String> values) {
		List<String> ofProtocol = new ArrayList<>();
		List<String> ofApplication = new ArrayList<>();
		values.stream()
			.flatMap((value) -> Arrays.stream(value.split(",")))
			.map(String::trim)
			.forEach(
					(name) -> (ALLOWED.contains(name.toLowerCase(Locale.ROOT)) ? ofProtocol : ofApplication).add(name));
		return new CorsHeaders(joined(ofProtocol), joined(ofApplication));
	}

	private static @Nullable String joined(List<String> names) {
		return names.isEmpty() ? null : String.join(", ", names);
	}

}
