/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;

import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

import io.x402.spring.protocol.HmacSha256;
import org.bouncycastle.crypto.generators.SCrypt;
import org.web3j.crypto.Hash;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Signs with a key from an encrypted keystore file, the version 3 "web3 secret storage"
 * that Ethereum clients and web3j write. The key is decrypted once and kept in memory.
 * Its text form shows the address and never the key.
 *
 * @since 0.1.0
 */
public final class KeystoreSigner implements Signer {

	private static final int VERSION = 3;

	private static final int KEY_LENGTH = 32;

	/** Twice what clients write by default; the file decides how much memory it takes. */
	private static final int MAX_SCRYPT_BYTES = 512 * 1024 * 1024;

	private static final int MAX_ITERATIONS = 10_000_000;

	private static final int SCRYPT_BLOCK = 128;

	private final PrivateKeySigner signer;

	/**
	 * Create a signer.
	 * @param keystore content of the keystore file
	 * @param password password of the keystore
	 * @throws IllegalArgumentException if the file is not such a keystore or the password
	 * is wrong; the message holds nothing of either
	 */
	public KeystoreSigner(String keystore, String password) {
		this.signer = new PrivateKeySigner(new BigInteger(1, decrypt(crypto(keystore), password)));
	}

	private static JsonNode crypto(String keystore) {
		try {
			JsonNode file = new JsonMapper().readTree(keystore);
			JsonNode crypto = file.path("crypto").isObject() ? file.path("crypto") : file.path("Crypto");
			if (file.path("version").asInt(0) == VERSION && crypto.isObject()) {
				return crypto;
			}
		}
		catch (JacksonException ex) {
			// Falls through, the message of the parser quotes the file
		}
		throw new IllegalArgumentException("The keystore is not a key file of version 3");
	}

	private static byte[] decrypt(JsonNode crypto, String password) {
		try {
			byte[] derived = derive(crypto, password);
			byte[] text = hex(crypto.path("ciphertext"));
			byte[] authenticated = Arrays.copyOf(Arrays.copyOfRange(derived, 16, KEY_LENGTH), 16 + text.length);
			System.arraycopy(text, 0, authenticated, 16, text.length);
			if (!HmacSha256.areEqual(Hash.sha3(authenticated), hex(crypto.path("mac")))) {
				throw new IllegalArgumentException("The password of the keystore is wrong");
			}
			return cipher(crypto, derived).doFinal(text);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalArgumentException("The keystore cannot be decrypted: " + ex.getClass().getSimpleName());
		}
	}

	private static byte[] derive(JsonNode crypto, String password) throws GeneralSecurityException {
		JsonNode parameters = crypto.path("kdfparams");
		byte[] salt = hex(parameters.path("salt"));
		require(parameters.path("dklen").asInt(0) == KEY_LENGTH, "key length");
		return switch (crypto.path("kdf").asString("")) {
			case "scrypt" -> scrypt(password, salt, parameters);
			case "pbkdf2" -> pbkdf2(password, salt, parameters);
			default -> throw unsupported("key derivation");
		};
	}

	private static byte[] scrypt(String password, byte[] salt, JsonNode parameters) {
		int n = parameters.path("n").asInt(0);
		int r = parameters.path("r").asInt(0);
		int p = parameters.path("p").asInt(0);
		require(n > 1 && Integer.bitCount(n) == 1 && r > 0 && p > 0 && (long) SCRYPT_BLOCK * n * r <= MAX_SCRYPT_BYTES
				&& (long) r * p < (1 << 20), "cost");
		return SCrypt.generate(password.getBytes(StandardCharsets.UTF_8), salt, n, r, p, KEY_LENGTH);
	}

	private static byte[] pbkdf2(String password, byte[] salt, JsonNode parameters) throws GeneralSecurityException {
		int iterations = parameters.path("c").asInt(0);
		require(parameters.path("prf").asString("").equals("hmac-sha256"), "pseudo-random function");
		require(iterations > 0 && iterations <= MAX_ITERATIONS, "cost");
		PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, KEY_LENGTH * 8);
		return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
	}

	private static Cipher cipher(JsonNode crypto, byte[] derived) throws GeneralSecurityException {
		require(crypto.path("cipher").asString("").equals("aes-128-ctr"), "cipher");
		Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
		cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(derived, 0, 16, "AES"),
				new IvParameterSpec(hex(crypto.path("cipherparams").path("iv"))));
		return cipher;
	}

	private static byte[] hex(JsonNode value) {
		try {
			return HexFormat.of().parseHex(value.asString(""));
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("The keystore holds a value that is not hexadecimal");
		}
	}

	private static void require(boolean supported, String what) {
		if (!supported) {
			throw unsupported(what);
		}
	}

	private static IllegalArgumentException unsupported(String what) {
		return new IllegalArgumentException("The keystore uses an unsupported " + what);
	}

	@Override
	public String address() {
		return this.signer.address();
	}

	@Override
	public byte[] sign(byte[] digest) {
		return this.signer.sign(digest);
	}

	@Override
	public String toString() {
		return "KeystoreSigner[" + address() + "]";
	}

}
