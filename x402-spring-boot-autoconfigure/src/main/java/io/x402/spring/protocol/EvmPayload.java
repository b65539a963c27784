/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.time.Instant;
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
public sealed interface EvmPayload extends SchemePayload permits Eip3009Payload, Permit2Payload {

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
			return Eip3009Payload.from(payload);
		}
		return (payload.get("authorization") == null) ? Permit2Payload.from(payload) : null;
	}

}
