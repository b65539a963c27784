/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The encoding of EIP-712 for structs whose members are all of static type: each member
 * is one 32-byte word, strings and nested structs are words by their hash.
 */
final class Eip712 {

	private static final int WORD = 32;

	private Eip712() {
	}

	static byte[] typeHash(String encodedType) {
		return text(encodedType);
	}

	static byte[] text(String value) {
		return Keccak256.hash(value.getBytes(StandardCharsets.UTF_8));
	}

	static byte[] uint256(BigInteger value) {
		byte[] magnitude = value.toByteArray();
		byte[] word = new byte[WORD];
		// a 256-bit number has a 33rd byte for its sign
		int length = Math.min(magnitude.length, WORD);
		System.arraycopy(magnitude, magnitude.length - length, word, WORD - length, length);
		return word;
	}

	static byte[] address(String address) {
		return uint256(new BigInteger(address.substring(2), 16));
	}

	static byte[] bytes(String hex) {
		return HexFormat.of().parseHex(hex, 2, hex.length());
	}

	static byte[] struct(byte[]... words) {
		ByteArrayOutputStream encoded = new ByteArrayOutputStream(words.length * WORD);
		for (byte[] word : words) {
			encoded.writeBytes(word);
		}
		return Keccak256.hash(encoded.toByteArray());
	}

	static byte[] digest(byte[] domainSeparator, byte[] struct) {
		return struct(new byte[] { 0x19, 0x01 }, domainSeparator, struct);
	}

}
