/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Texts that people sign with the key of an account, in the form of EIP-191 that wallets
 * call {@code personal_sign}. No such signature moves money.
 *
 * @since 0.2.0
 */
public final class PersonalMessage {

	private static final String PREFIX = "\u0019Ethereum Signed Message:\n";

	private static final Pattern SIGNATURE = Pattern.compile("0x[0-9a-fA-F]{130}");

	private PersonalMessage() {
	}

	/**
	 * Return what is signed of a text.
	 * @param text the text
	 * @return 32 bytes
	 */
	public static byte[] digest(String text) {
		byte[] content = text.getBytes(StandardCharsets.UTF_8);
		byte[] prefix = (PREFIX + content.length).getBytes(StandardCharsets.US_ASCII);
		return Keccak256.hash(ByteBuffer.allocate(prefix.length + content.length).put(prefix).put(content).array());
	}

	/**
	 * Return whether a plain account signed a text.
	 * @param address the account
	 * @param text the text
	 * @param signature the signature
	 * @return {@code false} also if the signature is not that of a plain account
	 */
	public static boolean isSignedBy(String address, String text, String signature) {
		return EvmAddress.isValid(address) && SIGNATURE.matcher(signature).matches()
				&& AccountSignature.isBy(address, digest(text), signature);
	}

}
