/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The grammar of hexadecimal values on the wire: {@code 0x} and ASCII digits of either
 * case.
 */
final class HexText {

	/** Longest contract-wallet signature taken, in bytes; more cannot fit a header. */
	private static final int MAX_BYTES = 8192;

	private HexText() {
	}

	static @Nullable String address(@Nullable Object value) {
		return (value instanceof String text && text.length() == 42) ? bytes(text) : null;
	}

	static @Nullable String bytes32(@Nullable Object value) {
		return (value instanceof String text && text.length() == 66) ? bytes(text) : null;
	}

	static @Nullable String bytes(@Nullable Object value) {
		if (!(value instanceof String text) || text.length() < 4 || text.length() % 2 != 0
				|| text.length() > 2 + 2 * MAX_BYTES || !text.startsWith("0x")) {
			return null;
		}
		for (int i = 2; i < text.length(); i++) {
			char c = text.charAt(i);
			if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
				return null;
			}
		}
		return text;
	}

}
