/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.math.BigInteger;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The secp256k1 signature of a plain account in the 65 bytes {@code r}, {@code s} and
 * {@code v}. As token contracts do, it takes the lower of both possible values of
 * {@code s} and 27 or 28 for {@code v} only: the official signers send nothing else, and
 * 0 or 1 would revert on the chain.
 *
 * @since 0.1.0
 */
public final class AccountSignature {

	private static final int LENGTH = 65;

	static final BigInteger ORDER = new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
			16);

	private static final BigInteger HALF_ORDER = ORDER.shiftRight(1);

	static final Curve CURVE = Curves.fastest();

	private AccountSignature() {
	}

	/**
	 * Return whether a signature has the length of a plain account's.
	 * @param signature {@code 0x} and hexadecimal digits
	 * @return {@code false} if only a contract wallet can have made it
	 */
	public static boolean isOne(String signature) {
		return signature.length() == 2 + 2 * LENGTH;
	}

	/**
	 * Return whether a plain account signed a digest.
	 * @param address the account
	 * @param digest the digest
	 * @param signature 65 bytes in hexadecimal digits after {@code 0x}
	 * @return {@code true} if the account signed it
	 */
	public static boolean isBy(String address, byte[] digest, String signature) {
		String signer = signer(digest, Eip712.bytes(signature));
		return signer != null && address.equalsIgnoreCase("0x" + signer);
	}

	private static @Nullable String signer(byte[] digest, byte[] signature) {
		byte[] r = Arrays.copyOfRange(signature, 0, 32);
		byte[] s = Arrays.copyOfRange(signature, 32, 64);
		byte v = signature[64];
		if ((v != 27 && v != 28) || !isWithin(r, ORDER.subtract(BigInteger.ONE)) || !isWithin(s, HALF_ORDER)) {
			return null;
		}
		return CURVE.address(digest, signature, v - 27);
	}

	private static boolean isWithin(byte[] magnitude, BigInteger max) {
		BigInteger number = new BigInteger(1, magnitude);
		return number.signum() > 0 && number.compareTo(max) <= 0;
	}

}
