/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import org.jspecify.annotations.Nullable;
import org.web3j.crypto.ECKeyPair;

/**
 * Signatures of the curve secp256k1. All implementations return the same results.
 */
interface Curve {

	/**
	 * Recover the account that signed a digest.
	 * @param digest 32 bytes
	 * @param signature begins with {@code r} and {@code s}, 32 bytes each and within the
	 * order of the curve
	 * @param recoveryId 0 or 1
	 * @return the address in 40 hexadecimal digits, or {@code null} if the signature is
	 * of no one
	 */
	@Nullable String address(byte[] digest, byte[] signature, int recoveryId);

	/**
	 * Sign a digest with the nonce of RFC 6979.
	 * @param digest 32 bytes
	 * @param key the keys
	 * @param address the account of the key in 40 hexadecimal digits
	 * @return {@code r}, {@code s}, of which there is one of two that is low, and
	 * {@code v}, 27 or 28
	 */
	byte[] sign(byte[] digest, ECKeyPair key, String address);

}
