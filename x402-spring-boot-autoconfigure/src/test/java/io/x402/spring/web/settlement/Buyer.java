/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.money.Networks;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.protocol.SettlementResponse;

/**
 * Signs payments with a throw-away key.
 */
public final class Buyer {

	public static final String SELLER = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private final Eip3009Signer signer = new Eip3009Signer("11".repeat(32));

	private final PaymentCodec codec = new PaymentCodec();

	private final Networks networks = Networks.load();

	String address() {
		return this.signer.address();
	}

	/**
	 * Ask for the first offer of a resource.
	 */
	PaymentRequirements offer(int port, String target) throws IOException {
		try (WireExchange exchange = new WireExchange(port)) {
			return offer(exchange.send("GET", target).receive());
		}
	}

	/**
	 * Return the first offer of a 402 response.
	 */
	static PaymentRequirements offer(WireResponse response) {
		return new PaymentCodec().decode(response.header("PAYMENT-REQUIRED"), PaymentRequiredDocument.class)
			.accepts()
			.get(0);
	}

	/**
	 * Return the document of a 402 response.
	 */
	public static PaymentRequiredDocument document(HttpHeaders headers) {
		return new PaymentCodec(64 * 1024).decode(headers.firstValue("PAYMENT-REQUIRED").orElseThrow(),
				PaymentRequiredDocument.class);
	}

	/**
	 * Return the offers of a 402 response.
	 */
	public static List<PaymentRequirements> offers(HttpHeaders headers) {
		return document(headers).accepts();
	}

	/**
	 * Return a new signed value for the {@code PAYMENT-SIGNATURE} header.
	 */
	public String pay(PaymentRequirements offer) {
		return sign(offer).value();
	}

	/**
	 * Return a new signed value for the {@code PAYMENT-SIGNATURE} header with extension
	 * data.
	 */
	public String pay(PaymentRequirements offer, Map<String, Object> extensions) {
		return this.codec.encode(new PaymentPayload.V2(2, null, json(offer),
				this.signer.sign(offer, Instant.now()).toMap(), extensions));
	}

	/**
	 * Return a new signed value for the {@code X-PAYMENT} header.
	 */
	public String payV1(PaymentRequirements offer) {
		return sign(offer, ProtocolVersion.V1).value();
	}

	public Payment sign(PaymentRequirements offer) {
		return sign(offer, ProtocolVersion.V2);
	}

	public Payment sign(PaymentRequirements offer, ProtocolVersion version) {
		EvmPayload.Eip3009 authorization = this.signer.sign(offer, Instant.now());
		return new Payment(version, this.codec.encode(payload(offer, version, authorization)), authorization, offer);
	}

	/**
	 * Return the header value of a payment that somebody else made.
	 */
	String payment(PaymentRequirements offer, EvmPayload.Eip3009 authorization) {
		return this.codec.encode(payload(offer, ProtocolVersion.V2, authorization));
	}

	private PaymentPayload payload(PaymentRequirements offer, ProtocolVersion version,
			EvmPayload.Eip3009 authorization) {
		return switch (version) {
			case V1 -> new PaymentPayload.V1(1, offer.scheme(), v1Name(offer), authorization.toMap());
			case V2 -> new PaymentPayload.V2(2, null, json(offer), authorization.toMap(), null);
		};
	}

	String v1Name(PaymentRequirements offer) {
		return String.valueOf(this.networks.get(offer.network()).v1Name());
	}

	String encode(Object message) {
		return this.codec.encode(message);
	}

	SettlementResponse receipt(String header) {
		return this.codec.decode(header, SettlementResponse.class);
	}

	@SuppressWarnings("unchecked")
	Map<String, Object> json(Object message) {
		return this.codec.read(this.codec.write(message), Map.class);
	}

}
