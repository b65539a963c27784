/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * Solana networks: addresses and transactions in base58, whose letter case counts.
 */
record SolanaFamily() implements NetworkFamily {

	private static final Pattern REFERENCE = Pattern.compile("[1-9A-HJ-NP-Za-km-z]{32}");

	private static final Pattern ADDRESS = Pattern.compile("[1-9A-HJ-NP-Za-km-z]{32,44}");

	@Override
	public String namespace() {
		return "solana";
	}

	@Override
	public boolean isReference(String reference) {
		return REFERENCE.matcher(reference).matches();
	}

	@Override
	public boolean isAddress(String text) {
		return ADDRESS.matcher(text).matches();
	}

	@Override
	public SchemePayload read(Map<String, Object> payload) {
		return (payload.get("transaction") instanceof String transaction) ? new SolanaPayload(payload, transaction)
				: new OpaquePayload(payload);
	}

}
