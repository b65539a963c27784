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
import java.util.List;
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
		return signFor(port, "/goods?id=" + id);
	}

	/**
	 * Sign the last offer of a request, which is the top-up where there is one.
	 */
	Payment signFor(int port, String target) throws IOException, InterruptedException {
		List<PaymentRequirements> offers = this.codec
			.decode(get(port, target).headers().firstValue("PAYMENT-REQUIRED").orElseThrow(),
					PaymentRequiredDocument.class)
			.accepts();
		PaymentRequirements offer = offers.get(offers.size() - 1);
		EvmPayload.Eip3009 signed = this.signer.sign(offer, Instant.now());
		return new Payment(target, signed.nonce(),
				this.codec.encode(new PaymentPayload.V2(2, null, json(offer), signed.toMap(), null)));
	}

	@SuppressWarnings("unchecked")
	private Map<String, Object> json(PaymentRequirements offer) {
		return this.codec.read(this.codec.write(offer), Map.class);
	}

	HttpResponse<String> pay(int port, Payment payment) throws IOException, InterruptedException {
		return get(port, payment.target(), "PAYMENT-SIGNATURE", payment.header());
	}

	HttpResponse<String> get(int port, String target, String... headers) throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
			.timeout(Duration.ofSeconds(120));
		if (headers.length > 0) {
			request.headers(headers);
		}
		return this.http.send(request.build(), BodyHandlers.ofString());
	}

	/**
	 * A signed payment.
	 *
	 * @param target path and query of what is bought
	 * @param nonce what the facilitator knows it by
	 * @param header value of the header
	 */
	record Payment(String target, String nonce, String header) {

	}

}
