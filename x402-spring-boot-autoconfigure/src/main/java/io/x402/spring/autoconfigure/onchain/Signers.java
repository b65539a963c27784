/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.onchain;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import io.x402.spring.autoconfigure.InvalidPropertyException;
import io.x402.spring.evm.KeystoreSigner;
import io.x402.spring.evm.PrivateKeySigner;
import io.x402.spring.evm.Signer;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;

/**
 * Creates signers from configured keys. Exceptions never contain a key or a password.
 *
 * @since 0.1.0
 */
public final class Signers {

	private static final Pattern NUMBER = Pattern.compile("[0-9]{65,78}");

	private Signers() {
	}

	/**
	 * Create a signer from a private key.
	 * @param property name of the property that holds the key
	 * @param privateKey value of the property
	 * @return the signer
	 * @throws InvalidPropertyException if the key is invalid
	 */
	public static Signer ofPrivateKey(String property, String privateKey) {
		if (NUMBER.matcher(privateKey.strip()).matches()) {
			throw new InvalidPropertyException(property, null,
					"must be 64 hexadecimal digits, and is a number, as which YAML reads a key without quotes",
					"Put the key in quotes.");
		}
		return signer(property, () -> new PrivateKeySigner(privateKey.strip()));
	}

	/**
	 * Create a signer from an encrypted keystore file.
	 * @param property name of the property that holds the location
	 * @param keystore the file
	 * @param password password of the file, {@code null} for none
	 * @return the signer
	 * @throws InvalidPropertyException if the file cannot be read or decrypted
	 */
	public static Signer ofKeystore(String property, Resource keystore, @Nullable String password) {
		return signer(property, () -> new KeystoreSigner(read(keystore), (password != null) ? password : ""));
	}

	private static Signer signer(String property, Supplier<Signer> signer) {
		try {
			return signer.get();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidPropertyException(property, null, String.valueOf(ex.getMessage()),
					"Correct the key, keystore or password.");
		}
	}

	private static String read(Resource keystore) {
		try {
			return keystore.getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new IllegalArgumentException("The keystore cannot be read from " + keystore.getDescription());
		}
	}

}
