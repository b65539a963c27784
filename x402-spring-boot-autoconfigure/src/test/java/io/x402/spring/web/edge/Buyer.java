/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;

/**
 * Reads offers and signs payments. Every payment is a new one.
 */
public final class Buyer {

	private static final PaymentCodec CODEC = new PaymentCodec(64 * 1024);

	private final Eip3009Signer signer = new Eip3009Signer("07".repeat(32));

	/**
	 * Return the offers of a 402 answer.
	 */
	public static List<PaymentRequirements> offers(HttpHeaders headers) {
		return document(headers).accepts();
	}

	/**
	 * Return the document of a 402 answer.
	 */
	public static PaymentRequiredDocument document(HttpHeaders headers) {
		return CODEC.decode(headers.firstValue("PAYMENT-REQUIRED").orElseThrow(), PaymentRequiredDocument.class);
	}

	/**
	 * Return a signed value for the {@code PAYMENT-SIGNATURE} header.
	 */
	public String pay(PaymentRequirements offer) {
		return pay(offer, Map.of());
	}

	/**
	 * Return a signed value for the {@code PAYMENT-SIGNATURE} header with extension data.
	 */
	public String pay(PaymentRequirements offer, Map<String, Object> extensions) {
		return CODEC.encode(new PaymentPayload.V2(2, null, map(offer), sign(offer), extensions));
	}

	/**
	 * Return a signed value for the {@code X-PAYMENT} header.
	 */
	public String payV1(PaymentRequirements offer, String network) {
		return CODEC.encode(new PaymentPayload.V1(1, offer.scheme(), network, sign(offer)));
	}

	private Map<String, Object> sign(PaymentRequirements offer) {
		return this.signer.sign(offer, Instant.now()).toMap();
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> map(PaymentRequirements offer) {
		return CODEC.read(CODEC.write(offer), Map.class);
	}

}
