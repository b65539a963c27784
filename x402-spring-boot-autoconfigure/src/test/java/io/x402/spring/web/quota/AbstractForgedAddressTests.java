/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import io.x402.spring.facilitator.VerificationOutcome.Invalid;
import io.x402.spring.facilitator.VerificationOutcome.Valid;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.payment.Payments;
import io.x402.spring.protocol.EvmPayload;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Free calls and budgets in an application whose own filter believes forwarded addresses,
 * so that all clients behind a proxy are one.
 */
@ExtendWith(OutputCaptureExtension.class)
abstract class AbstractForgedAddressTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private final Buyer buyer = new Buyer();

	@Autowired
	private FacilitatorDouble facilitator;

	@LocalServerPort
	private int port;

	@Test
	void whenClientForgesItsAddressThenItIsTheSameClient() throws IOException, InterruptedException {
		int free = 0;
		for (String header : new String[] { "X-Forwarded-For", "Forwarded" }) {
			for (int i = 1; i <= 5; i++) {
				String address = "192.0.2." + i;
				HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/plain"))
					.header(header, "Forwarded".equals(header) ? "for=" + address : address)
					.build();
				free += (CLIENT.send(request, BodyHandlers.ofString()).statusCode() == 200) ? 1 : 0;
			}
		}
		assertThat(free).isEqualTo(3);
	}

	@Test
	void whenAnotherOneSpendsTheBudgetOfAllThenPlainAccountsStillBuy(CapturedOutput output)
			throws IOException, InterruptedException {
		PaymentRequirements offer = Buyer.offers(get("192.0.2.1").headers()).get(0);
		String account = this.buyer.sign(offer).authorization().from();
		this.facilitator.verifying((request) -> account.equalsIgnoreCase(request.payer()) ? new Valid(account)
				: new Invalid(ReasonCode.INVALID_SIGNATURE));
		try {
			HttpResponse<String> refused;
			int number = 0;
			do {
				refused = get("192.0.2." + ++number, "PAYMENT-SIGNATURE", garbage(offer, number));
			}
			while (refused.statusCode() == 402 && number < 100);
			assertThat(refused.statusCode()).isEqualTo(503);
			assertThat(refused.body()).contains("verification_limit_exceeded");
			assertThat(refused.headers().firstValue("Retry-After")).isPresent();
			HttpResponse<String> paid = get("192.0.2.200", "PAYMENT-SIGNATURE", this.buyer.pay(offer));
			assertThat(paid.statusCode()).isEqualTo(200);
			assertThat(paid.body()).isEqualTo("goods");
		}
		finally {
			this.facilitator.verifying((request) -> new Valid(request.payer()));
		}
		assertThat(output).contains("server.forward-headers-strategy");
	}

	private HttpResponse<String> get(String address, String... headers) throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/never"))
			.header("X-Forwarded-For", address);
		if (headers.length > 0) {
			request.headers(headers);
		}
		return CLIENT.send(request.build(), BodyHandlers.ofString());
	}

	/**
	 * Return a payment that may be that of a contract wallet.
	 */
	private String garbage(PaymentRequirements offer, int number) {
		EvmPayload.Eip3009 signed = this.buyer.sign(offer).authorization();
		EvmPayload.Eip3009 unsigned = new EvmPayload.Eip3009("0x" + "11".repeat(65), "0x%040x".formatted(number),
				signed.to(), signed.value(), signed.validAfter(), signed.validBefore(), signed.nonce());
		return new PaymentCodec().encode(Payments.payment(offer, unsigned.toMap()));
	}

}
