/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.crash;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;

/**
 * Signs one payment at a time and sends it as often as it is told to.
 */
final class Wallet {

	static final String SELLER = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private final HttpClient http = HttpClient.newHttpClient();

	private final PaymentCodec codec = new PaymentCodec();

	private final Eip3009Signer signer = new Eip3009Signer("11".repeat(32));

	Payment sign(int port, String id) throws IOException, InterruptedException {
		HttpResponse<String> unpaid = this.http.send(request(port, id).build(), BodyHandlers.ofString());
		PaymentRequirements offer = this.codec
			.decode(unpaid.headers().firstValue("PAYMENT-REQUIRED").orElseThrow(), PaymentRequiredDocument.class)
			.accepts()
			.get(0);
		EvmPayload.Eip3009 signed = this.signer.sign(offer, Instant.now());
		return new Payment(id, signed.nonce(),
				this.codec.encode(new PaymentPayload.V2(2, null, json(offer), signed.toMap(), null)));
	}

	@SuppressWarnings("unchecked")
	private Map<String, Object> json(PaymentRequirements offer) {
		return this.codec.read(this.codec.write(offer), Map.class);
	}

	HttpResponse<String> pay(int port, Payment payment) throws IOException, InterruptedException {
		return this.http.send(request(port, payment.id()).header("PAYMENT-SIGNATURE", payment.header()).build(),
				BodyHandlers.ofString());
	}

	private static HttpRequest.Builder request(int port, String id) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/goods?id=" + id))
			.timeout(Duration.ofSeconds(120));
	}

	/**
	 * A signed payment.
	 *
	 * @param id what is bought
	 * @param nonce what the facilitator knows it by
	 * @param header value of the header
	 */
	record Payment(String id, String nonce, String header) {

	}

}
