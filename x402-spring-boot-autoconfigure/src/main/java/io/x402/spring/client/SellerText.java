/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.regex.Pattern;

import io.x402.spring.protocol.SettlementResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.lang.Contract;

/**
 * Makes text of a seller safe to pass on. It is data: bounded, on one line and never
 * interpreted.
 */
final class SellerText {

	private static final int MAX_TEXT = 500;

	private static final int MAX_WORD = 128;

	private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+");

	private static final String UNREADABLE = "?";

	private SellerText() {
	}

	/**
	 * Return an address, a code or another single word.
	 */
	static String word(@Nullable String text) {
		return isWord(text) ? text : UNREADABLE;
	}

	/**
	 * Return a text for people.
	 */
	static @Nullable String text(@Nullable Object text) {
		if (!(text instanceof String words) || words.isBlank()) {
			return null;
		}
		String visible = INVISIBLE.matcher(words.substring(0, Math.min(words.length(), 2 * MAX_TEXT)))
			.replaceAll(" ")
			.strip();
		return (visible.length() <= MAX_TEXT) ? visible : visible.substring(0, MAX_TEXT) + "…";
	}

	/**
	 * Return a receipt whose members are single words.
	 */
	static SettlementResponse receipt(SettlementResponse receipt) {
		return new SettlementResponse(receipt.success(), wordOrNull(receipt.errorReason()),
				text(receipt.errorMessage()), wordOrNull(receipt.payer()), wordOrNull(receipt.transaction()),
				wordOrNull(receipt.network()), wordOrNull(receipt.amount()), null, null);
	}

	private static @Nullable String wordOrNull(@Nullable String text) {
		return isWord(text) ? text : null;
	}

	@Contract("null -> false")
	private static boolean isWord(@Nullable String text) {
		if (text == null || text.isEmpty() || text.length() > MAX_WORD) {
			return false;
		}
		for (int i = 0; i < text.length(); i++) {
			if (!isOfWord(text.charAt(i))) {
				return false;
			}
		}
		return true;
	}

	private static boolean isOfWord(char c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.'
				|| c == ':' || c == '-';
	}

}
