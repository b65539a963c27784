/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.evm.onchain;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Map;

import io.x402.spring.evm.PaymentDigest;
import io.x402.spring.evm.Signer;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;

/**
 * Signs payments, right ones and wrong ones.
 *
 * @param signer the account that pays
 */
record ChainBuyer(Signer signer) {

	static final BigInteger PRICE = BigInteger.valueOf(50_000);

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final PaymentDigest DIGEST = new PaymentDigest();

	String address() {
		return this.signer.address();
	}

	static PaymentRequirements offer(String payTo) {
		return new PaymentRequirements("exact", TestChain.NETWORK, PRICE, TestChain.USDC, payTo, 300,
				Map.of("name", "USDC", "version", "2"));
	}

	static PaymentRequirements permit2Offer(String payTo) {
		return new PaymentRequirements("exact", TestChain.NETWORK, PRICE, TestChain.USDC, payTo, 300,
				Map.of("assetTransferMethod", "permit2"));
	}

	static PaymentRequirements uptoOffer(String payTo, String facilitator) {
		return new PaymentRequirements("upto", TestChain.NETWORK, PRICE, TestChain.USDC, payTo, 300,
				Map.of("assetTransferMethod", "permit2", "facilitatorAddress", facilitator));
	}

	FacilitatorRequest pay(PaymentRequirements offer) {
		return request(offer, sign(offer, unsigned(offer)));
	}

	EvmPayload.Eip3009 unsigned(PaymentRequirements offer) {
		return new EvmPayload.Eip3009("0x", address(), offer.payTo(), offer.amount(), BigInteger.ZERO, soon(), nonce());
	}

	EvmPayload.Eip3009 sign(PaymentRequirements offer, EvmPayload.Eip3009 unsigned) {
		return withSignature(unsigned, Hex.of(this.signer.sign(DIGEST.of(offer, unsigned))));
	}

	static EvmPayload.Eip3009 withSignature(EvmPayload.Eip3009 payment, String signature) {
		return new EvmPayload.Eip3009(signature, payment.from(), payment.to(), payment.value(), payment.validAfter(),
				payment.validBefore(), payment.nonce());
	}

	EvmPayload.Permit2 unsignedPermit(PaymentRequirements offer, String proxy) {
		return unsignedPermit(offer, proxy, null);
	}

	EvmPayload.Permit2 unsignedPermit(PaymentRequirements offer, String proxy, String facilitator) {
		return new EvmPayload.Permit2("0x", address(), offer.asset(), offer.amount(), proxy,
				new BigInteger(nonce().substring(2), 16).toString(), soon(), offer.payTo(), BigInteger.ZERO,
				facilitator);
	}

	EvmPayload.Permit2 sign(PaymentRequirements offer, EvmPayload.Permit2 permit) {
		return permit.withSignature(Hex.of(this.signer.sign(DIGEST.of(offer, permit))));
	}

	FacilitatorRequest payByPermit2(PaymentRequirements offer) {
		return request(offer, sign(offer, unsignedPermit(offer, EvmPayload.Permit2.EXACT_PROXY)));
	}

	FacilitatorRequest payUpto(PaymentRequirements offer, String facilitator) {
		return request(offer, sign(offer, unsignedPermit(offer, EvmPayload.Permit2.UPTO_PROXY, facilitator)));
	}

	static FacilitatorRequest request(PaymentRequirements offer, EvmPayload payment) {
		return new FacilitatorRequest(new PaymentPayload.V2(2, null,
				Map.of("scheme", offer.scheme(), "network", offer.network()), payment.toMap(), null), offer,
				resource());
	}

	static FacilitatorRequest requestV1(PaymentRequirements offer, String network, EvmPayload payment) {
		return new FacilitatorRequest(new PaymentPayload.V1(1, offer.scheme(), network, payment.toMap()), offer,
				resource());
	}

	static BigInteger soon() {
		return BigInteger.valueOf(System.currentTimeMillis() / 1000 + 3000);
	}

	static String nonce() {
		byte[] nonce = new byte[32];
		RANDOM.nextBytes(nonce);
		nonce[0] |= 0x10;
		return Hex.of(nonce);
	}

	private static ResourceInfo resource() {
		return new ResourceInfo("https://shop.example.test/weather", null, null);
	}

}
