/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Hexadecimal values of the JSON-RPC interface, each with {@code 0x}.
 */
final class Hex {

	private Hex() {
	}

	static String of(byte[] bytes) {
		return "0x" + HexFormat.of().formatHex(bytes);
	}

	static byte[] bytes(String hex) {
		return HexFormat.of().parseHex(hex, 2, hex.length());
	}

	static String quantity(long value) {
		return "0x" + Long.toHexString(value);
	}

	static String quantity(BigInteger value) {
		return "0x" + value.toString(16);
	}

	static BigInteger number(String hex) {
		return (hex.length() > 2) ? new BigInteger(hex.substring(2), 16) : BigInteger.ZERO;
	}

	/**
	 * Return an address as it stands in a topic.
	 */
	static String topic(String address) {
		return "0x" + "0".repeat(24) + address.substring(2).toLowerCase(Locale.ROOT);
	}

}
