/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

import io.x402.spring.VerifiedPayment;
import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.facilitator.FacilitatorRequest;
import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.payment.Payments;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ResourceInfo;

import static java.time.Instant.now;

/**
 * Offers and signed payments whose parts must appear in no log, meter or trace.
 */
final class ObservedPayments {

	public static final String USDC = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

	public static final String SEPOLIA = "eip155:84532";

	static final Eip3009Signer BUYER = new Eip3009Signer("1".repeat(64));

	private static final ResourceInfo RESOURCE = new ResourceInfo("https://shop.example/report", null, null);

	private ObservedPayments() {
	}

	public static PaymentRequirements offer() {
		return offer(SEPOLIA, USDC, "exact");
	}

	public static PaymentRequirements offer(String network, String asset, String scheme) {
		return new PaymentRequirements(scheme, network, BigInteger.valueOf(1_250_000), asset,
				"0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 60, Map.of("name", "USDC", "version", "2"));
	}

	public static PaymentOffers offers(PaymentRequirements... offers) {
		return new PaymentOffers(RESOURCE, List.of(offers));
	}

	public static VerifiedPayment verified(PaymentRequirements offer, String payer) {
		return Payments.verified(offer, payer);
	}

	public static FacilitatorRequest request() {
		PaymentRequirements offer = offer();
		EvmPayload.Eip3009 payload = BUYER.sign(offer, now());
		return request(offer, payload.toMap());
	}

	public static FacilitatorRequest request(PaymentRequirements offer, Map<String, Object> payload) {
		return new FacilitatorRequest(new PaymentPayload.V2(2, null, Map.of(), payload, null), offer, RESOURCE);
	}

	public static String nonce(FacilitatorRequest request) {
		EvmPayload payload = EvmPayload.from(request.payload().payload());
		return (payload != null) ? payload.nonce() : "";
	}

}
