/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Codes that only holders of a key can make (HMAC-SHA256), and the only comparison of
 * secrets. Safe for concurrent use.
 *
 * @since 0.2.0
 */
public final class HmacSha256 {

	private static final String ALGORITHM = "HmacSHA256";

	private final SecretKeySpec key;

	/**
	 * Create codes with a key.
	 * @param key the key, which is copied
	 * @throws IllegalArgumentException if it is empty
	 */
	public HmacSha256(byte[] key) {
		this.key = new SecretKeySpec(key, ALGORITHM);
	}

	/**
	 * Return whether two secrets are equal, in a time that does not depend on where they
	 * differ.
	 * @param first a secret
	 * @param second another one
	 */
	public static boolean areEqual(byte[] first, byte[] second) {
		return MessageDigest.isEqual(first, second);
	}

	/**
	 * Return whether two secrets are equal, in a time that does not depend on where they
	 * differ.
	 * @param first a secret
	 * @param second another one
	 */
	public static boolean areEqual(String first, String second) {
		return areEqual(first.getBytes(StandardCharsets.UTF_8), second.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Return the code of a text.
	 * @param text the text, which is encoded in UTF-8
	 * @return 43 characters of Base64url
	 */
	public String base64(String text) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(code(text.getBytes(StandardCharsets.UTF_8)));
	}

	/**
	 * Return the beginning of the code of some content.
	 * @param content the content
	 * @param length number of bytes of the code, at most 32
	 * @return two hexadecimal digits for each byte
	 */
	public String hex(byte[] content, int length) {
		return HexFormat.of().formatHex(code(content), 0, length);
	}

	private byte[] code(byte[] content) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(this.key);
			return mac.doFinal(content);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return a text without the key.
	 */
	@Override
	public String toString() {
		return "HmacSha256";
	}

}
