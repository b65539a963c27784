/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;
import org.jspecify.annotations.Nullable;

/**
 * What payers sign (EIP-712). Safe for concurrent use.
 *
 * @since 0.1.0
 */
public final class PaymentDigest {

	private final Eip3009Digest eip3009 = new Eip3009Digest();

	/**
	 * Return the digest of an EIP-3009 authorization.
	 * @param offer the offer, whose {@code extra} names the domain of the token
	 * @param payment the authorization; its signature does not matter
	 * @return 32 bytes, or {@code null} if the offer does not name chain or domain
	 */
	public byte @Nullable [] of(PaymentRequirements offer, EvmPayload.Eip3009 payment) {
		return this.eip3009.of(offer, payment);
	}

	/**
	 * Return the digest of a Permit2 authorization, of scheme {@code upto} if it names a
	 * facilitator.
	 * @param offer the offer
	 * @param payment the authorization; its signature does not matter
	 * @return 32 bytes, or {@code null} if the offer does not name the chain
	 */
	public byte @Nullable [] of(PaymentRequirements offer, EvmPayload.Permit2 payment) {
		return Permit2Digest.of(offer, payment);
	}

}
