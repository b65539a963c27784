/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.store;

import java.nio.ByteBuffer;

import io.x402.spring.protocol.AuthorizationKey;
import io.x402.spring.protocol.Sha256;

/**
 * SHA-256 digest of what identifies something, which takes less memory than its texts and
 * is as hard to forge.
 *
 * @param first bytes 0 to 7
 * @param second bytes 8 to 15
 * @param third bytes 16 to 23
 * @param fourth bytes 24 to 31
 */
record KeyDigest(long first, long second, long third, long fourth) {

	static KeyDigest of(AuthorizationKey key) {
		return of(new Sha256().field(key.network()).field(key.asset()).field(key.payer()).field(key.nonce()));
	}

	/**
	 * Return the digest of what backs a settled claim.
	 * @param network network of the transaction
	 * @param backing the transaction, with the position of the transfer where that is
	 * proved
	 */
	static KeyDigest ofBacking(String network, String backing) {
		return of(new Sha256().field(network).field(backing));
	}

	private static KeyDigest of(Sha256 digest) {
		ByteBuffer bytes = ByteBuffer.wrap(digest.bytes());
		return new KeyDigest(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
	}

}
