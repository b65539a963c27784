/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * A signature, perhaps of a contract wallet that does not exist yet (ERC-6492).
 *
 * @param inner the signature itself
 * @param deployment how to create the wallet, or {@code null} if the signature does not
 * say
 */
record WalletSignature(String inner, @Nullable ContractCall deployment) {

	private static final String MAGIC = "6492".repeat(16);

	private static final int WORD = 64;

	/**
	 * Read a signature.
	 * @param signature {@code 0x} and hexadecimal digits
	 * @return the signature, or {@code null} if it says that it is of ERC-6492 and is not
	 */
	static @Nullable WalletSignature of(String signature) {
		if (!signature.toLowerCase(Locale.ROOT).endsWith(MAGIC)) {
			return new WalletSignature(signature, null);
		}
		String words = signature.substring(2, signature.length() - WORD);
		byte[] calldata = Abi.dynamic(words, 1);
		byte[] inner = Abi.dynamic(words, 2);
		if (calldata == null || inner == null) {
			return null;
		}
		return new WalletSignature(Hex.of(inner),
				new ContractCall("0x" + words.substring(WORD - 40, WORD), Hex.of(calldata)));
	}

	@Override
	public String toString() {
		return "WalletSignature[redacted]";
	}

}
