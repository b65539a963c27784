/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A scheme payload of which nothing is understood. Its signature is not part of its key.
 *
 * @param members the decoded JSON object
 */
record OpaquePayload(Map<String, Object> members) implements SchemePayload {

	private static final String SIGNATURE = "signature";

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
		Map<String, Object> signed = new HashMap<>(this.members);
		signed.remove(SIGNATURE);
		return new AuthorizationKey(network, asset, "", PayloadDigest.of(signed));
	}

	@Override
	public Map<String, Object> toMap() {
		return this.members;
	}

	@Override
	public String toString() {
		return "OpaquePayload[redacted]";
	}

}
