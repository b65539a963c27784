/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.util.Locale;
import java.util.regex.Pattern;

import org.web3j.crypto.Keys;

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
				|| address.equals(Keys.toChecksumAddress(address));
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
		return Keys.toChecksumAddress(address);
	}

}
