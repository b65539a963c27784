/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.math.BigInteger;
import java.util.regex.Pattern;

import org.web3j.crypto.ECKeyPair;

/**
 * Signs with a private key in memory. Its text form shows the address and never the key.
 *
 * @since 0.1.0
 */
public final class PrivateKeySigner implements Signer {

	private static final Pattern KEY = Pattern.compile("(0x)?[0-9a-fA-F]{64}");

	private final ECKeyPair key;

	private final String account;

	private final String address;

	/**
	 * Create a signer.
	 * @param privateKey 64 hexadecimal digits, with or without {@code 0x}
	 * @throws IllegalArgumentException if the text is not a private key; the message does
	 * not repeat it
	 */
	public PrivateKeySigner(String privateKey) {
		this(number(privateKey));
	}

	/**
	 * Create a signer.
	 * @param privateKey the number that is the key
	 * @throws IllegalArgumentException if the number is not a private key; the message
	 * does not repeat it
	 */
	PrivateKeySigner(BigInteger privateKey) {
		if (privateKey.signum() <= 0 || privateKey.compareTo(AccountSignature.ORDER) >= 0) {
			throw new IllegalArgumentException("The number is not a private key of secp256k1");
		}
		this.key = ECKeyPair.create(privateKey);
		this.account = EvmAddress.ofPublicKey(this.key.getPublicKey());
		this.address = EvmAddress.toChecksum("0x" + this.account);
	}

	private static BigInteger number(String privateKey) {
		if (!KEY.matcher(privateKey).matches()) {
			throw new IllegalArgumentException("A private key has 64 hexadecimal digits");
		}
		return new BigInteger(privateKey.substring(privateKey.length() - 64), 16);
	}

	@Override
	public String address() {
		return this.address;
	}

	@Override
	public byte[] sign(byte[] digest) {
		return AccountSignature.CURVE.sign(digest, this.key, this.account);
	}

	@Override
	public String toString() {
		return "PrivateKeySigner[" + this.address + "]";
	}

}
