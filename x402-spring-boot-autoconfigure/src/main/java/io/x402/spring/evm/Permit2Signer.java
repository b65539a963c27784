/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.SchemeRules;
import io.x402.spring.protocol.Schemes;

/**
 * Signs Permit2 payments of schemes {@code exact} and {@code upto}. The account must have
 * approved its tokens to Permit2 before. Safe for concurrent use. Its text form shows the
 * address and never the key.
 *
 * @since 0.1.0
 */
public final class Permit2Signer {

	private static final String UNSIGNED = "0x";

	private final SecureRandom random = new SecureRandom();

	private final Signer signer;

	/**
	 * Create a signer.
	 * @param signer signs with the key of the account that pays
	 */
	public Permit2Signer(Signer signer) {
		this.signer = signer;
	}

	/**
	 * Sign a payment for an offer, valid at once.
	 * @param offer the offer; one of scheme {@code upto} names its facilitator in
	 * {@code extra}, and its amount is the maximum that may be taken
	 * @param validBefore last second of validity
	 * @return the scheme payload, with a fresh nonce
	 * @throws IllegalArgumentException if the offer does not say what must be signed
	 */
	public Map<String, Object> sign(PaymentRequirements offer, Instant validBefore) {
		return sign(offer, validBefore, new BigInteger(256, this.random));
	}

	Map<String, Object> sign(PaymentRequirements offer, Instant validBefore, BigInteger nonce) {
		SchemeRules rules = Schemes.of(offer);
		String proxy = rules.permit2Proxy();
		if (proxy == null) {
			throw new IllegalArgumentException("The scheme of the offer is not paid through Permit2");
		}
		String facilitator = rules.isMetered() ? facilitator(offer) : null;
		if (!EvmAddress.isValid(offer.payTo()) || !EvmAddress.isValid(offer.asset())) {
			throw new IllegalArgumentException("The offer names no EVM address to pay to, or no EVM token");
		}
		EvmPayload.Permit2 unsigned = new EvmPayload.Permit2(UNSIGNED, this.signer.address(), offer.asset(),
				offer.amount(), proxy, nonce.toString(), BigInteger.valueOf(validBefore.getEpochSecond()),
				offer.payTo(), BigInteger.ZERO, facilitator);
		byte[] digest = Permit2Digest.of(offer, unsigned);
		if (digest == null) {
			throw new IllegalArgumentException("The offer names no EVM chain");
		}
		return unsigned.withSignature("0x" + HexFormat.of().formatHex(this.signer.sign(digest))).toMap();
	}

	private static String facilitator(PaymentRequirements offer) {
		String address = offer.extraText(PaymentRequirements.FACILITATOR_ADDRESS);
		if (address == null || !EvmAddress.isValid(address)) {
			throw new IllegalArgumentException("The offer names no facilitator that may settle it");
		}
		return address;
	}

	@Override
	public String toString() {
		return "Permit2Signer[" + this.signer.address() + "]";
	}

}
