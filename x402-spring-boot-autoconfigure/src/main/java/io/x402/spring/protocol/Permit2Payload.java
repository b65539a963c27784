/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A signed Permit2 {@code PermitWitnessTransferFrom} for an x402 proxy.
 *
 * @param signature the signature
 * @param from address of the buyer
 * @param token address of the token
 * @param value amount in atomic units, {@code permitted.amount} on the wire; under scheme
 * {@code upto} the maximum that may be charged
 * @param spender address of the proxy
 * @param nonce unsigned 256-bit number in decimal digits
 * @param validBefore last second of validity, {@code deadline} on the wire
 * @param to address of the recipient, {@code witness.to} on the wire
 * @param validAfter first second of validity, {@code witness.validAfter} on the wire
 * @param facilitator address of the only one who may settle, {@code witness.facilitator}
 * on the wire; {@code null} for scheme {@code exact}
 * @since 0.1.0
 */
public record Permit2Payload(String signature, String from, String token, BigInteger value, String spender,
		String nonce, BigInteger validBefore, String to, BigInteger validAfter,
		@Nullable String facilitator) implements EvmPayload {

	/**
	 * Address of the proxy of scheme {@code exact}.
	 */
	public static final String EXACT_PROXY = "0x402085c248EeA27D92E8b30b2C58ed07f9E20001";

	/**
	 * Address of the proxy of scheme {@code upto}.
	 */
	public static final String UPTO_PROXY = "0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002";

	static @Nullable Permit2Payload from(Map<String, Object> payload) {
		if (!(payload.get("permit2Authorization") instanceof Map<?, ?> authorization)
				|| !(authorization.get("permitted") instanceof Map<?, ?> permitted)
				|| !(authorization.get("witness") instanceof Map<?, ?> witness)) {
			return null;
		}
		String signature = HexText.bytes(payload.get("signature"));
		String from = HexText.address(authorization.get("from"));
		String token = HexText.address(permitted.get("token"));
		BigInteger amount = AtomicAmount.parse(permitted.get("amount"));
		String spender = HexText.address(authorization.get("spender"));
		BigInteger nonce = AtomicAmount.parse(authorization.get("nonce"));
		BigInteger deadline = AtomicAmount.parse(authorization.get("deadline"));
		String to = HexText.address(witness.get("to"));
		BigInteger validAfter = AtomicAmount.parse(witness.get("validAfter"));
		Object settler = witness.get("facilitator");
		String facilitator = HexText.address(settler);
		if ((settler != null && facilitator == null) || signature == null || from == null || token == null
				|| amount == null || spender == null || nonce == null || deadline == null || to == null
				|| validAfter == null) {
			return null;
		}
		return new Permit2Payload(signature, from, token, amount, spender, nonce.toString(), deadline, to, validAfter,
				facilitator);
	}

	@Override
	public Map<String, Object> toMap() {
		Map<String, Object> authorization = new LinkedHashMap<>();
		authorization.put("from", this.from);
		authorization.put("permitted", Map.of("token", this.token, "amount", this.value.toString()));
		authorization.put("spender", this.spender);
		authorization.put("nonce", this.nonce);
		authorization.put("deadline", this.validBefore.toString());
		authorization.put("witness", witness());
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("signature", this.signature);
		map.put("permit2Authorization", authorization);
		return map;
	}

	private Map<String, String> witness() {
		Map<String, String> witness = new LinkedHashMap<>();
		witness.put("to", this.to);
		if (this.facilitator != null) {
			witness.put("facilitator", this.facilitator);
		}
		witness.put("validAfter", this.validAfter.toString());
		return witness;
	}

	/**
	 * Return the same permit with another signature.
	 * @param other the signature
	 * @return the permit
	 */
	public Permit2Payload withSignature(String other) {
		return new Permit2Payload(other, this.from, this.token, this.value, this.spender, this.nonce, this.validBefore,
				this.to, this.validAfter, this.facilitator);
	}

	@Override
	public String toString() {
		return "Permit2Payload[redacted]";
	}

}
