/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.signin;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;

/**
 * An account on Solana networks.
 */
public final class SolanaAccount {

	private static final String ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

	private final KeyPair keys;

	public SolanaAccount() {
		try {
			this.keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
		}
		catch (GeneralSecurityException ex) {
			throw new AssertionError(ex);
		}
	}

	public String address() {
		return base58(bytes(this.keys.getPublic()));
	}

	private static byte[] bytes(PublicKey key) {
		byte[] encoded = key.getEncoded();
		return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
	}

	public String sign(String text) {
		try {
			Signature signature = Signature.getInstance("Ed25519");
			signature.initSign(this.keys.getPrivate());
			signature.update(text.getBytes(StandardCharsets.UTF_8));
			return base58(signature.sign());
		}
		catch (GeneralSecurityException ex) {
			throw new AssertionError(ex);
		}
	}

	static String base58(byte[] bytes) {
		StringBuilder text = new StringBuilder();
		BigInteger rest = new BigInteger(1, bytes);
		while (rest.signum() > 0) {
			BigInteger[] division = rest.divideAndRemainder(BigInteger.valueOf(58));
			text.append(ALPHABET.charAt(division[1].intValue()));
			rest = division[0];
		}
		for (int i = 0; i < bytes.length && bytes[i] == 0; i++) {
			text.append('1');
		}
		return text.reverse().toString();
	}

}
