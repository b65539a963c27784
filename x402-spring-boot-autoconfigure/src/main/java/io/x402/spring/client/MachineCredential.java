/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;

import org.springframework.http.HttpHeaders;

/**
 * How a payment of the Machine Payments Protocol is sent.
 */
final class MachineCredential {

	/** Scheme of HTTP authentication. */
	static final String SCHEME = "Payment";

	/** Header of a receipt. */
	static final String RECEIPT = "Payment-Receipt";

	/** For requests that have another credential, too. */
	private static final String OWN_HEADER = "Payment-Authorization";

	private static final String PREFIX = SCHEME + " ";

	private MachineCredential() {
	}

	/**
	 * Return whether a request has a payment already.
	 * @param headers headers of the request
	 */
	static boolean isIn(HttpHeaders headers) {
		return headers.containsHeader(OWN_HEADER) || headers.getOrEmpty(HttpHeaders.AUTHORIZATION)
			.stream()
			.anyMatch((value) -> value.toLowerCase(Locale.ROOT).startsWith(PREFIX.toLowerCase(Locale.ROOT)));
	}

	/**
	 * Return the header that a challenge wants the payment in.
	 * @param challenge parameters of the challenge
	 */
	static String header(Map<String, String> challenge) {
		return OWN_HEADER.equalsIgnoreCase(challenge.get("header")) ? OWN_HEADER : HttpHeaders.AUTHORIZATION;
	}

	/**
	 * Return the header that a payment is sent in. It never takes the place of the
	 * credential of a user.
	 * @param wanted the header that the seller wants
	 * @param request headers of the request
	 */
	static String header(String wanted, HttpHeaders request) {
		boolean taken = HttpHeaders.AUTHORIZATION.equals(wanted)
				&& request.getOrEmpty(wanted).stream().anyMatch((value) -> !value.startsWith(PREFIX));
		return taken ? OWN_HEADER : wanted;
	}

	/**
	 * Return the value of the header.
	 * @param json the credential
	 */
	static String value(byte[] json) {
		return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(json);
	}

	/**
	 * Return the text of a payment in either protocol.
	 * @param value value of the header that it is sent in
	 */
	static String text(String value) {
		byte[] json = value.startsWith(PREFIX) ? Base64.getUrlDecoder().decode(value.substring(PREFIX.length()))
				: Base64.getDecoder().decode(value);
		return new String(json, StandardCharsets.UTF_8);
	}

}
