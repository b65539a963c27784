/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The nonce of an EIP-3009 authorization that belongs to one text, such as a challenge.
 *
 * @since 0.2.0
 */
public final class BoundNonce {

	private BoundNonce() {
	}

	/**
	 * Return the nonce that belongs to a text.
	 * @param text the text, whose UTF-8 bytes are hashed with Keccak-256
	 * @return {@code 0x} and 64 lower-case hexadecimal digits
	 */
	public static String of(String text) {
		return "0x" + HexFormat.of().formatHex(Keccak256.hash(text.getBytes(StandardCharsets.UTF_8)));
	}

}
