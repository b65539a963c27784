/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.benchmark;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;

/**
 * Payments of one buyer, signed before anything is measured.
 */
final class Payments {

	static final String NETWORK = "eip155:84532";

	private final Eip3009Signer signer = new Eip3009Signer("0x" + "7".repeat(64));

	private final PaymentCodec codec = new PaymentCodec();

	String payer() {
		return this.signer.address();
	}

	/**
	 * Return the first offer of a 402 response.
	 */
	PaymentRequirements offer(RawHttp.Message challenge) {
		return this.codec
			.decode(Objects.requireNonNull(challenge.headers().get("payment-required")), PaymentRequiredDocument.class)
			.accepts()
			.get(0);
	}

	/**
	 * Return requests, each with a payment of its own.
	 */
	List<byte[]> requests(String path, PaymentRequirements offer, int count) {
		return IntStream.range(0, count)
			.parallel()
			.mapToObj((i) -> request(path, "PAYMENT-SIGNATURE: " + this.codec.encode(payment(offer)) + "\r\n"))
			.toList();
	}

	/**
	 * Return what a facilitator is sent for a payment.
	 */
	byte[] facilitatorRequest(PaymentRequirements offer) {
		return this.codec
			.write(Map.of("x402Version", 2, "paymentPayload", payment(offer), "paymentRequirements", offer));
	}

	private PaymentPayload payment(PaymentRequirements offer) {
		Map<String, Object> accepted = new LinkedHashMap<>();
		accepted.put("scheme", offer.scheme());
		accepted.put("network", offer.network());
		accepted.put("amount", offer.amount().toString());
		accepted.put("asset", offer.asset());
		accepted.put("payTo", offer.payTo());
		accepted.put("maxTimeoutSeconds", offer.maxTimeoutSeconds());
		accepted.put("extra", offer.extra());
		Instant end = Instant.now().plus(Duration.ofHours(12));
		return new PaymentPayload.V2(2, Map.of("url", "https://shop.example.com/paid"), accepted,
				this.signer.sign(offer, Instant.EPOCH, end).toMap(), null);
	}

	static byte[] request(String path, String headers) {
		return ("GET " + path + " HTTP/1.1\r\nHost: shop.example.com\r\nUser-Agent: benchmark\r\nAccept: */*\r\n"
				+ headers + "\r\n")
			.getBytes(StandardCharsets.ISO_8859_1);
	}

}
