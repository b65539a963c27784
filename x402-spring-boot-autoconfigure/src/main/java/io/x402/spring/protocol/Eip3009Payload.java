/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A signed EIP-3009 {@code TransferWithAuthorization}.
 *
 * @param signature the signature, 65 bytes for plain accounts, longer for contract
 * wallets
 * @param from address of the buyer
 * @param to address of the recipient
 * @param value amount in atomic units
 * @param validAfter first second of validity, since the epoch
 * @param validBefore first second after validity, since the epoch
 * @param nonce 32 random bytes, {@code 0x} and 64 lower-case hexadecimal digits
 * @since 0.1.0
 */
public record Eip3009Payload(String signature, String from, String to, BigInteger value, BigInteger validAfter,
		BigInteger validBefore, String nonce) implements EvmPayload {

	public Eip3009Payload {
		nonce = nonce.toLowerCase(Locale.ROOT);
	}

	static @Nullable Eip3009Payload from(Map<String, Object> payload) {
		if (!(payload.get("authorization") instanceof Map<?, ?> authorization)) {
			return null;
		}
		String signature = HexText.bytes(payload.get("signature"));
		String from = HexText.address(authorization.get("from"));
		String to = HexText.address(authorization.get("to"));
		BigInteger value = AtomicAmount.parse(authorization.get("value"));
		BigInteger validAfter = AtomicAmount.parse(authorization.get("validAfter"));
		BigInteger validBefore = AtomicAmount.parse(authorization.get("validBefore"));
		String nonce = HexText.bytes32(authorization.get("nonce"));
		if (signature == null || from == null || to == null || value == null || validAfter == null
				|| validBefore == null || nonce == null) {
			return null;
		}
		return new Eip3009Payload(signature, from, to, value, validAfter, validBefore, nonce);
	}

	@Override
	public Map<String, Object> toMap() {
		Map<String, Object> authorization = new LinkedHashMap<>();
		authorization.put("from", this.from);
		authorization.put("to", this.to);
		authorization.put("value", this.value.toString());
		authorization.put("validAfter", this.validAfter.toString());
		authorization.put("validBefore", this.validBefore.toString());
		authorization.put("nonce", this.nonce);
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("signature", this.signature);
		map.put("authorization", authorization);
		return map;
	}

	@Override
	public String toString() {
		return "Eip3009Payload[redacted]";
	}

}
