/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;

import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentRequirements;

/**
 * Signs EIP-3009 payments. Safe for concurrent use. Its text form shows the address and
 * never the key.
 *
 * @since 0.1.0
 */
public final class Eip3009Signer {

	private static final String UNSIGNED = "0x";

	private final SecureRandom random = new SecureRandom();

	private final Eip3009Digest digest = new Eip3009Digest();

	private final Signer signer;

	/**
	 * Create a signer.
	 * @param signer signs with the key of the account that pays
	 */
	public Eip3009Signer(Signer signer) {
		this.signer = signer;
	}

	/**
	 * Create a signer with a private key in memory.
	 * @param privateKey 64 hexadecimal digits, with or without {@code 0x}
	 * @throws IllegalArgumentException if the text is not a private key; the message does
	 * not repeat it
	 */
	public Eip3009Signer(String privateKey) {
		this(new PrivateKeySigner(privateKey));
	}

	/**
	 * Return the address that pays.
	 * @return the address with its checksum
	 */
	public String address() {
		return this.signer.address();
	}

	/**
	 * Sign a payment for an offer, valid at once and for as long as the offer asks.
	 * @param offer the offer, with {@code name} and {@code version} of the token in its
	 * {@code extra}; what an offer that is paid through Circle Gateway names as
	 * {@code verifyingContract} is signed for
	 * @param now the current time
	 * @return the signed payment, with a fresh nonce
	 * @throws IllegalArgumentException if the offer does not say what must be signed
	 */
	public EvmPayload.Eip3009 sign(PaymentRequirements offer, Instant now) {
		return sign(offer, Instant.EPOCH, now.plusSeconds(offer.maxTimeoutSeconds()));
	}

	/**
	 * Sign a payment for an offer.
	 * @param offer the offer, with {@code name} and {@code version} of the token in its
	 * {@code extra}; what an offer that is paid through Circle Gateway names as
	 * {@code verifyingContract} is signed for
	 * @param validAfter first second of validity
	 * @param validBefore first second after validity
	 * @return the signed payment, with a fresh nonce
	 * @throws IllegalArgumentException if the offer does not say what must be signed
	 */
	public EvmPayload.Eip3009 sign(PaymentRequirements offer, Instant validAfter, Instant validBefore) {
		byte[] nonce = new byte[32];
		this.random.nextBytes(nonce);
		return sign(offer, validAfter, validBefore, nonce);
	}

	/**
	 * Sign a payment for an offer with a nonce that something else is bound to.
	 * @param offer the offer, with {@code name} and {@code version} of the token in its
	 * {@code extra}; what an offer that is paid through Circle Gateway names as
	 * {@code verifyingContract} is signed for
	 * @param validAfter first second of validity
	 * @param validBefore first second after validity
	 * @param nonce 32 bytes, never used before by this account for this token
	 * @return the signed payment
	 * @throws IllegalArgumentException if the offer does not say what must be signed
	 * @since 0.2.0
	 */
	public EvmPayload.Eip3009 sign(PaymentRequirements offer, Instant validAfter, Instant validBefore, byte[] nonce) {
		if (!EvmAddress.isValid(offer.payTo())) {
			throw new IllegalArgumentException("The offer names no EVM address to pay to");
		}
		EvmPayload.Eip3009 unsigned = new EvmPayload.Eip3009(UNSIGNED, address(), offer.payTo(), offer.amount(),
				BigInteger.valueOf(validAfter.getEpochSecond()), BigInteger.valueOf(validBefore.getEpochSecond()),
				"0x" + HexFormat.of().formatHex(nonce));
		byte[] digest = this.digest.of(offer, unsigned);
		if (digest == null) {
			throw new IllegalArgumentException(
					"The offer names no EVM chain and token, or not the name and version of its EIP-712 domain");
		}
		return new EvmPayload.Eip3009("0x" + HexFormat.of().formatHex(this.signer.sign(digest)), unsigned.from(),
				unsigned.to(), unsigned.value(), unsigned.validAfter(), unsigned.validBefore(), unsigned.nonce());
	}

	@Override
	public String toString() {
		return "Eip3009Signer[" + address() + "]";
	}

}
