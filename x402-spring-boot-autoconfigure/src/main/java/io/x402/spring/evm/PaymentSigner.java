/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.Schemes;

/**
 * Signs payments in whichever of the ways an offer on an EVM network asks for: EIP-3009,
 * or Permit2 for schemes {@code exact} and {@code upto}. Safe for concurrent use. Its
 * text form shows the address and never the key.
 *
 * @since 0.1.0
 */
public final class PaymentSigner {

	private final Signer signer;

	private final Eip3009Signer eip3009;

	private final Permit2Signer permit2;

	/**
	 * Create a signer.
	 * @param signer signs with the key of the account that pays
	 */
	public PaymentSigner(Signer signer) {
		this.signer = signer;
		this.eip3009 = new Eip3009Signer(signer);
		this.permit2 = new Permit2Signer(signer);
	}

	/**
	 * Return the address that pays.
	 * @return the address with its checksum
	 */
	public String address() {
		return this.signer.address();
	}

	/**
	 * Sign a payment for an offer, valid at once.
	 * @param offer the offer
	 * @param validBefore end of validity
	 * @return the scheme payload, with a fresh nonce
	 * @throws IllegalArgumentException if the offer does not say what must be signed
	 */
	public Map<String, Object> sign(PaymentRequirements offer, Instant validBefore) {
		return Schemes.of(offer).isPaidByPermit2(offer) ? this.permit2.sign(offer, validBefore)
				: this.eip3009.sign(offer, Instant.EPOCH, validBefore).toMap();
	}

	/**
	 * Sign a payment for an offer that is paid by EIP-3009, valid at once, with a nonce
	 * that belongs to a text.
	 * @param offer the offer
	 * @param validBefore end of validity
	 * @param text the text, which makes the nonce
	 * @return the scheme payload
	 * @throws IllegalArgumentException if the offer does not say what must be signed
	 * @since 0.2.0
	 */
	public Map<String, Object> signBound(PaymentRequirements offer, Instant validBefore, String text) {
		byte[] nonce = HexFormat.of().parseHex(BoundNonce.of(text), 2, 66);
		return this.eip3009.sign(offer, Instant.EPOCH, validBefore, nonce).toMap();
	}

	@Override
	public String toString() {
		return "PaymentSigner[" + address() + "]";
	}

}
