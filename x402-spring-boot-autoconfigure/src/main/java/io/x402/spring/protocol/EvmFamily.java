/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * EVM networks: hexadecimal addresses and transactions, whose letter case does not count.
 */
record EvmFamily() implements NetworkFamily {

	static final String NAMESPACE = "eip155";

	private static final Pattern REFERENCE = Pattern.compile("[1-9][0-9]{0,17}");

	private static final Pattern CHAIN_ID = Pattern.compile("[0-9]{1,32}");

	static @Nullable BigInteger chainId(String reference) {
		return CHAIN_ID.matcher(reference).matches() ? new BigInteger(reference) : null;
	}

	@Override
	public String namespace() {
		return NAMESPACE;
	}

	@Override
	public boolean isReference(String reference) {
		return REFERENCE.matcher(reference).matches();
	}

	@Override
	public boolean isAddress(String text) {
		return HexText.address(text) != null;
	}

	@Override
	public boolean isSameAddress(String address, String other) {
		return address.equalsIgnoreCase(other);
	}

	@Override
	public String canonical(String text) {
		return text.toLowerCase(Locale.ROOT);
	}

	@Override
	public SchemePayload read(Map<String, Object> payload) {
		if (payload.get(TransferPayload.MEMBER) != null) {
			TransferPayload transfer = TransferPayload.from(payload);
			return (transfer != null) ? transfer : new OpaquePayload(payload);
		}
		EvmPayload evm = EvmPayload.from(payload);
		return (evm != null) ? evm : new OpaquePayload(payload);
	}

}
