/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The scheme payload of {@code exact} and {@code upto} on EVM networks, read strictly.
 * Addresses and signatures are kept as the buyer wrote them; the nonce is in one
 * canonical spelling.
 *
 * @since 0.1.0
 */
public sealed interface EvmPayload extends SchemePayload {

	/**
	 * Return the buyer's signature.
	 * @return {@code 0x} and an even number of hexadecimal digits
	 */
	String signature();

	/**
	 * Return the address whose money moves.
	 * @return {@code 0x} and 40 hexadecimal digits
	 */
	String from();

	/**
	 * Return the address that receives the money.
	 * @return {@code 0x} and 40 hexadecimal digits
	 */
	String to();

	/**
	 * Return the amount that moves.
	 * @return atomic units of the token
	 */
	BigInteger value();

	/**
	 * Return the time from which the payment may be settled.
	 * @return seconds since the epoch
	 */
	BigInteger validAfter();

	/**
	 * Return the time until which the payment may be settled.
	 * @return seconds since the epoch
	 */
	BigInteger validBefore();

	/**
	 * Return what makes the payment unique for its payer, in one canonical spelling.
	 * @return the nonce
	 */
	String nonce();

	@Override
	default String payer() {
		return from();
	}

	/**
	 * Up to 32 bits of seconds every store takes an instant in milliseconds.
	 */
	@Override
	default @Nullable Instant expiresAt() {
		return (validBefore().bitLength() <= Integer.SIZE) ? Instant.ofEpochSecond(validBefore().longValueExact())
				: null;
	}

	@Override
	default AuthorizationKey key(String network, String asset) {
		return new AuthorizationKey(network, asset, from().toLowerCase(Locale.ROOT), nonce());
	}

	/**
	 * Read a scheme payload. Payments are read by {@link NetworkId#read}.
	 * @param payload the decoded JSON object
	 * @return the payload, or {@code null} if it has another shape or more than one
	 * authorization
	 */
	static @Nullable EvmPayload from(Map<String, Object> payload) {
		if (payload.get("permit2Authorization") == null) {
			return Eip3009.from(payload);
		}
		return (payload.get("authorization") == null) ? Permit2.from(payload) : null;
	}

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
	 */
	record Eip3009(String signature, String from, String to, BigInteger value, BigInteger validAfter,
			BigInteger validBefore, String nonce) implements EvmPayload {

		public Eip3009 {
			nonce = nonce.toLowerCase(Locale.ROOT);
		}

		static @Nullable Eip3009 from(Map<String, Object> payload) {
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
			return new Eip3009(signature, from, to, value, validAfter, validBefore, nonce);
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
			return "EvmPayload.Eip3009[redacted]";
		}

	}

	/**
	 * A signed Permit2 {@code PermitWitnessTransferFrom} for an x402 proxy.
	 *
	 * @param signature the signature
	 * @param from address of the buyer
	 * @param token address of the token
	 * @param value amount in atomic units, {@code permitted.amount} on the wire; under
	 * scheme {@code upto} the maximum that may be charged
	 * @param spender address of the proxy
	 * @param nonce unsigned 256-bit number in decimal digits
	 * @param validBefore last second of validity, {@code deadline} on the wire
	 * @param to address of the recipient, {@code witness.to} on the wire
	 * @param validAfter first second of validity, {@code witness.validAfter} on the wire
	 * @param facilitator address of the only one who may settle,
	 * {@code witness.facilitator} on the wire; {@code null} for scheme {@code exact}
	 */
	record Permit2(String signature, String from, String token, BigInteger value, String spender, String nonce,
			BigInteger validBefore, String to, BigInteger validAfter,
			@Nullable String facilitator) implements EvmPayload {

		/**
		 * Address of the proxy of scheme {@code exact}.
		 */
		public static final String EXACT_PROXY = "0x402085c248EeA27D92E8b30b2C58ed07f9E20001";

		/**
		 * Address of the proxy of scheme {@code upto}.
		 */
		public static final String UPTO_PROXY = "0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002";

		static @Nullable Permit2 from(Map<String, Object> payload) {
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
			return new Permit2(signature, from, token, amount, spender, nonce.toString(), deadline, to, validAfter,
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
		public Permit2 withSignature(String other) {
			return new Permit2(other, this.from, this.token, this.value, this.spender, this.nonce, this.validBefore,
					this.to, this.validAfter, this.facilitator);
		}

		@Override
		public String toString() {
			return "EvmPayload.Permit2[redacted]";
		}

	}

}
