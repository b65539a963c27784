/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

/**
 * Signs with the key of one account on EVM networks, wherever that key is kept: in
 * memory, in a keystore or in a key management service. Used by buyers for payments and
 * by facilitators for transactions. Implementations are safe for concurrent use and show
 * no key in their text form.
 *
 * @since 0.1.0
 */
public interface Signer {

	/**
	 * Return the address of the account.
	 * @return the address with its checksum
	 */
	String address();

	/**
	 * Sign a digest as it is, without a prefix.
	 * @param digest 32 bytes
	 * @return the 65 bytes {@code r}, {@code s} and {@code v}, with the lower of both
	 * possible values of {@code s} and 27 or 28 for {@code v}
	 */
	byte[] sign(byte[] digest);

}
