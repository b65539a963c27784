/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Addresses on EVM networks and the checksum that EIP-55 puts into their letter case.
 *
 * @since 0.1.0
 */
public final class EvmAddress {

	private static final Pattern ADDRESS = Pattern.compile("0x[0-9a-fA-F]{40}");

	private EvmAddress() {
	}

	/**
	 * Return whether a text is an address, whatever its letter case.
	 * @param text the text
	 * @return {@code true} for {@code 0x} and 40 hexadecimal digits
	 */
	public static boolean isValid(String text) {
		return ADDRESS.matcher(text).matches();
	}

	/**
	 * Return whether the letter case of an address does not contradict its checksum. An
	 * address with letters of one case only carries no checksum and passes.
	 * @param address the address
	 * @return {@code false} if the text is not an address or was probably mistyped
	 */
	public static boolean hasValidChecksum(String address) {
		if (!isValid(address)) {
			return false;
		}
		String digits = address.substring(2);
		return digits.equals(digits.toLowerCase(Locale.ROOT)) || digits.equals(digits.toUpperCase(Locale.ROOT))
				|| address.equals(checksummed(address));
	}

	/**
	 * Write an address in the letter case of its checksum.
	 * @param address the address in any letter case
	 * @return the same address
	 * @throws IllegalArgumentException if the text is not an address
	 */
	public static String toChecksum(String address) {
		if (!isValid(address)) {
			throw new IllegalArgumentException("Not an EVM address: '" + address + "'");
		}
		return checksummed(address);
	}

	/** A letter is a capital if the hash of the address has a high digit in its place. */
	private static String checksummed(String address) {
		String digits = address.substring(2).toLowerCase(Locale.ROOT);
		String hash = HexFormat.of().formatHex(Keccak256.hash(digits.getBytes(StandardCharsets.US_ASCII)));
		StringBuilder checksummed = new StringBuilder("0x");
		for (int i = 0; i < digits.length(); i++) {
			char digit = digits.charAt(i);
			checksummed.append((hash.charAt(i) >= '8') ? Character.toUpperCase(digit) : digit);
		}
		return checksummed.toString();
	}

	/**
	 * Return the account of a public key.
	 * @param publicKey both coordinates, 64 bytes
	 * @return 40 hexadecimal digits
	 */
	static String ofPublicKey(byte[] publicKey) {
		return HexFormat.of().formatHex(Keccak256.hash(publicKey), 12, 32);
	}

	static String ofPublicKey(BigInteger publicKey) {
		byte[] coordinates = new byte[64];
		byte[] magnitude = publicKey.toByteArray();
		int length = Math.min(magnitude.length, coordinates.length);
		System.arraycopy(magnitude, magnitude.length - length, coordinates, coordinates.length - length, length);
		return ofPublicKey(coordinates);
	}

}
