/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.List;
import java.util.stream.Stream;

import org.springframework.http.HttpHeaders;
import org.springframework.util.MimeTypeUtils;

/**
 * Credentials of the HTTP authentication scheme {@code Payment}. They pay for a request
 * and do not say who sends it, so that they never tell requests apart.
 *
 * @since 0.2.0
 */
public final class PaymentCredentials {

	/**
	 * Names of the headers that carry them, the second one where {@code Authorization}
	 * has credentials of the application.
	 */
	public static final List<String> HEADERS = List.of(HttpHeaders.AUTHORIZATION, "Payment-Authorization");

	private static final String SCHEME = "Payment ";

	private PaymentCredentials() {
	}

	/**
	 * Return the credentials of a request, well-formed or not, whichever header they are
	 * in.
	 * @param request the request
	 * @return what follows the scheme, one text for each credential
	 */
	public static List<String> of(RequestHead request) {
		return HEADERS.stream()
			.flatMap((header) -> request.headers(header).stream())
			.flatMap(PaymentCredentials::parts)
			.filter(PaymentCredentials::isPayment)
			.map((part) -> part.substring(SCHEME.length()).strip())
			.toList();
	}

	/**
	 * Return whether a header value is such a credential, or holds one beside others.
	 * @param value value of a header that carries them
	 * @return {@code true} for scheme {@code Payment}
	 */
	public static boolean isIn(String value) {
		return parts(value).anyMatch(PaymentCredentials::isPayment);
	}

	/**
	 * Return a header value without such credentials.
	 */
	static String without(String value) {
		return isIn(value) ? String.join(",", parts(value).filter((part) -> !isPayment(part)).toList()) : value;
	}

	/**
	 * What another scheme quotes is its own, commas and all.
	 */
	private static Stream<String> parts(String value) {
		return MimeTypeUtils.tokenize(value).stream().map(String::strip);
	}

	private static boolean isPayment(String part) {
		return part.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
	}

}
