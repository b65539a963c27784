/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.signin;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

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

	private static final String ALGORITHM = "HmacSHA256";

	private final SecureRandom random = new SecureRandom();

	private final SecretKeySpec key;

	SignInNonces(byte[] key) {
		this.key = new SecretKeySpec(key, ALGORITHM);
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
		return FORMAT.matcher(nonce).matches() && MessageDigest.isEqual(bytes(nonce.substring(RANDOM_DIGITS)),
				bytes(code(nonce.substring(0, RANDOM_DIGITS), request, issuedAt)));
	}

	private String code(String digits, SignInRequest request, String issuedAt) {
		byte[] content = new Sha256().field("x402 sign-in")
			.field(digits)
			.field(issuedAt)
			.field(request.method())
			.field(request.url())
			.bytes();
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(this.key);
			return HexFormat.of().formatHex(mac.doFinal(content), 0, RANDOM_LENGTH);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] bytes(String digits) {
		return digits.getBytes(StandardCharsets.US_ASCII);
	}

}
