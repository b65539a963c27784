/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Recognises what is as good as money by its form: signatures, nonces and payment
 * headers. A transaction hash has the form of a nonce and is taken for one, unless the
 * word {@code transaction} stands before it.
 */
final class SecretWords {

	/**
	 * Also matches 256-bit numbers in decimal digits, and those with leading zeros left
	 * out.
	 */
	private static final Pattern DIGITS = Pattern.compile("(?<!transaction 0x)(?<![0-9a-fA-F])[0-9a-fA-F]{60,}+");

	/** An opening brace and a quote in base64, with or without white space between. */
	private static final Pattern HEADER = Pattern.compile("e[yw][A-Za-z0-9+/_-]{80,}+");

	/** Members that payments have, and neither offers nor receipts. */
	private static final Pattern MEMBER = Pattern.compile("\"(payload|signature|nonce)\"");

	private SecretWords() {
	}

	/**
	 * Find the first secret.
	 * @param text any text
	 * @return the secret, or {@code null}
	 */
	static @Nullable String find(String text) {
		Matcher digits = DIGITS.matcher(text);
		if (digits.find()) {
			return digits.group();
		}
		Matcher header = HEADER.matcher(text);
		while (header.find()) {
			if (isPayment(header.group())) {
				return header.group();
			}
		}
		return null;
	}

	private static boolean isPayment(String base64) {
		String whole = base64.substring(0, base64.length() & ~3).replace('-', '+').replace('_', '/');
		String json = new String(Base64.getDecoder().decode(whole), StandardCharsets.ISO_8859_1);
		return MEMBER.matcher(json).find();
	}

}
