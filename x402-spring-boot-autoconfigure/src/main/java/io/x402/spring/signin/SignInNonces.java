/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.signin;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

import io.x402.spring.protocol.HmacSha256;
import io.x402.spring.protocol.Sha256;

/**
 * Nonces that only who knows the key can make: random digits, and a code over them, the
 * request and the time of the challenge. So nothing is stored about a challenge that is
 * never signed.
 */
final class SignInNonces {

	private static final Pattern FORMAT = Pattern.compile("[0-9a-f]{64}");

	private static final int RANDOM_LENGTH = 16;

	private static final int RANDOM_DIGITS = 2 * RANDOM_LENGTH;

	private final SecureRandom random = new SecureRandom();

	private final HmacSha256 hmac;

	SignInNonces(byte[] key) {
		this.hmac = new HmacSha256(key);
	}

	/**
	 * Make a nonce.
	 * @param request what it is for
	 * @param issuedAt when its challenge is made
	 * @return 64 hexadecimal digits
	 */
	String issue(SignInRequest request, String issuedAt) {
		byte[] bytes = new byte[RANDOM_LENGTH];
		this.random.nextBytes(bytes);
		String digits = HexFormat.of().formatHex(bytes);
		return digits + code(digits, request, issuedAt);
	}

	/**
	 * Return whether a nonce was made with this key for a request and a time.
	 */
	boolean isIssued(String nonce, SignInRequest request, String issuedAt) {
		return FORMAT.matcher(nonce).matches() && HmacSha256.areEqual(nonce.substring(RANDOM_DIGITS),
				code(nonce.substring(0, RANDOM_DIGITS), request, issuedAt));
	}

	private String code(String digits, SignInRequest request, String issuedAt) {
		byte[] content = new Sha256().field("x402 sign-in")
			.field(digits)
			.field(issuedAt)
			.field(request.method())
			.field(request.url())
			.bytes();
		return this.hmac.hex(content, RANDOM_LENGTH);
	}

}
