/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The words after the selector of a call. Whatever follows the parameters proves nothing,
 * because contracts do not read it.
 */
final class AbiWords {

	private static final int SELECTOR = 10;

	private static final int WORD = 64;

	private static final String ADDRESS_PADDING = "0".repeat(24);

	private final String digits;

	private AbiWords(String digits) {
		this.digits = digits;
	}

	/**
	 * Read the words of a call of a function.
	 * @param call the call
	 * @param contract the contract
	 * @param selector the function
	 * @param words how many words its parameters have at least
	 * @return the words, or {@code null} if it is another call
	 */
	static @Nullable AbiWords of(ContractCall call, String contract, String selector, int words) {
		String data = call.data().toLowerCase(Locale.ROOT);
		boolean same = call.to().equalsIgnoreCase(contract) && data.startsWith(selector)
				&& data.length() >= SELECTOR + words * WORD && data.matches("0x[0-9a-f]+");
		return same ? new AbiWords(data.substring(SELECTOR)) : null;
	}

	BigInteger number(int index) {
		return new BigInteger(word(index), 16);
	}

	String bytes32(int index) {
		return "0x" + word(index);
	}

	/**
	 * Return an address.
	 * @return the address in lower case, or an empty text if the word holds none
	 */
	String address(int index) {
		String word = word(index);
		return word.startsWith(ADDRESS_PADDING) ? "0x" + word.substring(ADDRESS_PADDING.length()) : "";
	}

	private String word(int index) {
		return this.digits.substring(index * WORD, (index + 1) * WORD);
	}

}
