/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.facilitator.http;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A private key that signs JSON web tokens, as Coinbase hands it out: base64 of an
 * Ed25519 seed followed by its public key, or PEM of a P-256 key.
 */
final class TokenKey {

	private static final byte[] ED25519_PKCS8 = HexFormat.of().parseHex("302e020100300506032b657004220420");

	private static final byte[] ED25519_X509 = HexFormat.of().parseHex("302a300506032b6570032100");

	/** What stands before a SEC1 key in PKCS#8. */
	private static final byte[] P256_ALGORITHM = HexFormat.of()
		.parseHex("020100301306072a8648ce3d020106082a8648ce3d030107");

	private static final BigInteger P256_ORDER = new BigInteger(
			"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);

	private static final int SEED_LENGTH = 32;

	private final String algorithm;

	private final String signatureName;

	private final PrivateKey key;

	private TokenKey(String algorithm, String signatureName, PrivateKey key) {
		this.algorithm = algorithm;
		this.signatureName = signatureName;
		this.key = key;
	}

	/**
	 * Read a key.
	 * @param text base64 or PEM; line breaks may be written as backslash and n
	 * @throws IllegalArgumentException if it is neither; the message repeats nothing of
	 * it
	 */
	static TokenKey parse(String text) {
		String stripped = text.replace("\\n", "\n").strip();
		try {
			return stripped.startsWith("-----BEGIN") ? p256(stripped) : ed25519(stripped);
		}
		catch (GeneralSecurityException | IllegalArgumentException ex) {
			throw new IllegalArgumentException(
					"The key secret must be base64 of an Ed25519 key of 64 bytes, or PEM of an EC P-256 key");
		}
	}

	/**
	 * Return the name of the algorithm in the header of a token.
	 */
	String algorithm() {
		return this.algorithm;
	}

	byte[] sign(byte[] content) {
		try {
			Signature signature = Signature.getInstance(this.signatureName);
			signature.initSign(this.key);
			signature.update(content);
			return signature.sign();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("The token cannot be signed: " + ex.getClass().getSimpleName());
		}
	}

	private static TokenKey ed25519(String text) throws GeneralSecurityException {
		byte[] bytes = Base64.getDecoder().decode(text);
		require(bytes.length == 2 * SEED_LENGTH);
		KeyFactory keys = KeyFactory.getInstance("Ed25519");
		TokenKey key = new TokenKey("EdDSA", "Ed25519", keys
			.generatePrivate(new PKCS8EncodedKeySpec(concat(ED25519_PKCS8, Arrays.copyOf(bytes, SEED_LENGTH)))));
		PublicKey publicKey = keys.generatePublic(
				new X509EncodedKeySpec(concat(ED25519_X509, Arrays.copyOfRange(bytes, SEED_LENGTH, 2 * SEED_LENGTH))));
		byte[] sample = "sample".getBytes(StandardCharsets.US_ASCII);
		Signature signature = Signature.getInstance("Ed25519");
		signature.initVerify(publicKey);
		signature.update(sample);
		require(signature.verify(key.sign(sample)));
		return key;
	}

	private static TokenKey p256(String pem) throws GeneralSecurityException {
		byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
		byte[] pkcs8 = pem.startsWith("-----BEGIN EC PRIVATE KEY") ? wrapSec1(der) : der;
		PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
		require(key instanceof ECPrivateKey ec && ec.getParams().getOrder().equals(P256_ORDER));
		return new TokenKey("ES256", "SHA256withECDSAinP1363Format", key);
	}

	private static byte[] wrapSec1(byte[] sec1) {
		return der(0x30, concat(P256_ALGORITHM, der(0x04, sec1)));
	}

	private static byte[] der(int tag, byte[] content) {
		require(content.length < 256);
		byte[] head = (content.length < 128) ? new byte[] { (byte) tag, (byte) content.length }
				: new byte[] { (byte) tag, (byte) 0x81, (byte) content.length };
		return concat(head, content);
	}

	private static byte[] concat(byte[] first, byte[] second) {
		byte[] both = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, both, first.length, second.length);
		return both;
	}

	private static void require(boolean condition) {
		if (!condition) {
			throw new IllegalArgumentException("Not such a key");
		}
	}

	@Override
	public String toString() {
		return "TokenKey[" + this.algorithm + "]";
	}

}
