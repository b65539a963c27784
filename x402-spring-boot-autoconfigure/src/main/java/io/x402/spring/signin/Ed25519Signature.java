/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.signin;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Signatures of accounts on Solana networks. The JDK verifies them, but takes keys of
 * small order too, under which anybody can sign anything.
 */
final class Ed25519Signature {

	private static final String ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

	private static final Pattern BASE58 = Pattern.compile("[" + ALPHABET + "]{32,88}");

	private static final int KEY_LENGTH = 32;

	private static final int SIGNATURE_LENGTH = 64;

	/** Modulus of the field of the curve. */
	static final BigInteger FIELD = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

	/** One of both coordinates that points of order 8 have; the other is its negation. */
	static final BigInteger OF_ORDER_EIGHT = new BigInteger(
			"7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7", 16);

	/** Coordinates of the points of order 1, 2, 4 and 8. */
	static final Set<BigInteger> OF_SMALL_ORDER = Set.of(BigInteger.ONE, FIELD.subtract(BigInteger.ONE),
			BigInteger.ZERO, OF_ORDER_EIGHT, FIELD.subtract(OF_ORDER_EIGHT));

	private Ed25519Signature() {
	}

	/**
	 * Return whether an account signed a text.
	 * @param address the account, 32 bytes in base58
	 * @param text the text
	 * @param signature 64 bytes in base58
	 * @return {@code false} also if either is malformed, or the account has no key that
	 * only one person can have
	 */
	static boolean isBy(String address, String text, String signature) {
		byte[] key = decode(address, KEY_LENGTH);
		byte[] bytes = decode(signature, SIGNATURE_LENGTH);
		if (key == null || bytes == null) {
			return false;
		}
		boolean odd = (key[KEY_LENGTH - 1] & 0x80) != 0;
		key[KEY_LENGTH - 1] &= 0x7f;
		BigInteger y = new BigInteger(1, reversed(key));
		return y.compareTo(FIELD) < 0 && !OF_SMALL_ORDER.contains(y) && isBy(new EdECPoint(odd, y), text, bytes);
	}

	private static boolean isBy(EdECPoint point, String text, byte[] signature) {
		try {
			PublicKey key = KeyFactory.getInstance("Ed25519")
				.generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point));
			Signature verification = Signature.getInstance("Ed25519");
			verification.initVerify(key);
			verification.update(text.getBytes(StandardCharsets.UTF_8));
			return verification.verify(signature);
		}
		catch (GeneralSecurityException ex) {
			return false;
		}
	}

	private static byte @Nullable [] decode(String text, int length) {
		if (!BASE58.matcher(text).matches()) {
			return null;
		}
		BigInteger number = BigInteger.ZERO;
		int zeros = 0;
		for (int i = 0; i < text.length(); i++) {
			int digit = ALPHABET.indexOf(text.charAt(i));
			number = number.multiply(BigInteger.valueOf(ALPHABET.length())).add(BigInteger.valueOf(digit));
			zeros += (number.signum() == 0) ? 1 : 0;
		}
		byte[] magnitude = (number.signum() == 0) ? new byte[0] : number.toByteArray();
		int start = (magnitude.length > 0 && magnitude[0] == 0) ? 1 : 0;
		if (zeros + magnitude.length - start != length) {
			return null;
		}
		byte[] bytes = new byte[length];
		System.arraycopy(magnitude, start, bytes, zeros, magnitude.length - start);
		return bytes;
	}

	private static byte[] reversed(byte[] bytes) {
		byte[] reversed = new byte[bytes.length];
		for (int i = 0; i < bytes.length; i++) {
			reversed[i] = bytes[bytes.length - 1 - i];
		}
		return reversed;
	}

}
