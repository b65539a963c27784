/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.time.Instant;
import java.util.Base64;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A partially signed Solana transaction. Its key is its message, all that follows the
 * signatures.
 *
 * @param members the decoded JSON object
 * @param transaction the transaction in base64
 */
record SolanaPayload(Map<String, Object> members, String transaction) implements SchemePayload {

	private static final int SIGNATURE_LENGTH = 64;

	@Override
	public @Nullable String payer() {
		return null;
	}

	@Override
	public @Nullable Instant expiresAt() {
		return null;
	}

	@Override
	public AuthorizationKey key(String network, String asset) {
		String message = message();
		return (message != null) ? new AuthorizationKey(network, asset, "", message)
				: new OpaquePayload(this.members).key(network, asset);
	}

	/**
	 * Others may read a transaction that is not plain base64, and so take several
	 * spellings of it.
	 */
	@Override
	public boolean hasOneKey() {
		return message() != null;
	}

	private @Nullable String message() {
		byte[] bytes;
		try {
			bytes = Base64.getDecoder().decode(this.transaction);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
		// A transaction that fits a packet has fewer than 128 signatures, a count of one
		// byte
		int start = (bytes.length > 0) ? 1 + bytes[0] * SIGNATURE_LENGTH : 0;
		return (start > 0 && start < bytes.length) ? PayloadDigest.of(bytes, start, bytes.length - start) : null;
	}

	@Override
	public Map<String, Object> toMap() {
		return this.members;
	}

	@Override
	public String toString() {
		return "SolanaPayload[redacted]";
	}

}
