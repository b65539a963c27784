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
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.facilitator.VerificationOutcome;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Limits over HTTP, behind a proxy that the container trusts. Each test is another
 * client.
 */
abstract class AbstractRateLimitTests {

	static final HttpClient CLIENT = HttpClient.newHttpClient();

	private static final AtomicInteger CLIENTS = new AtomicInteger();

	@LocalServerPort
	private int port;

	@Autowired
	private FacilitatorDouble facilitator;

	int port() {
		return this.port;
	}

	final String client = "198.51.100." + CLIENTS.incrementAndGet();

	@Test
	void whenAClientAsksTooOftenForThePriceThenItMustWait() throws IOException, InterruptedException {
		assertThat(refusals("/never", this.client, 4)).containsOnly(402);
		HttpResponse<String> limited = get("/never", this.client);
		assertThat(limited.statusCode()).isEqualTo(429);
		assertThat(limited.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(1L, 61L);
		assertThat(limited.headers().firstValue("PAYMENT-REQUIRED")).isEmpty();
		assertThat(limited.headers().firstValue("Cache-Control")).hasValue("no-store");
		assertThat(limited.body()).contains("rate_limit_exceeded").doesNotContain("accepts");
		assertThat(get("/never", "198.51.100.200").statusCode()).isEqualTo(402);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Forwarded", "X-Real-IP", "True-Client-IP", "X-Forwarded-For" })
	void whenAClientForgesItsAddressThenItIsTheSameClient(String header) throws IOException, InterruptedException {
		int challenged = 0;
		for (int i = 1; i <= 8; i++) {
			String forged = "192.0.2." + i;
			HttpResponse<String> response = "X-Forwarded-For".equals(header)
					? get("/never", forged + ", " + this.client)
					: get("/never", this.client, header, "Forwarded".equals(header) ? "for=" + forged : forged);
			challenged += (response.statusCode() == 402) ? 1 : 0;
		}
		assertThat(challenged).isEqualTo(4);
	}

	@Test
	void whenAddressesRotateWithinOnePrefixThenTheyAreOneClient() throws IOException, InterruptedException {
		int challenged = 0;
		for (int i = 1; i <= 8; i++) {
			challenged += (get("/never", "2001:db8:9:" + CLIENTS.get() + "::" + i).statusCode() == 402) ? 1 : 0;
		}
		assertThat(challenged).isEqualTo(4);
	}

	@Test
	void whenAClientSendsGarbageThenItMustWaitAndMayStillSeeThePrice() throws IOException, InterruptedException {
		for (int i = 0; i < 3; i++) {
			assertThat(get("/never", this.client, "PAYMENT-SIGNATURE", "garbage").statusCode()).isEqualTo(402);
		}
		assertThat(get("/never", this.client, "PAYMENT-SIGNATURE", "garbage").statusCode()).isEqualTo(429);
		HttpResponse<String> challenge = get("/never", this.client);
		assertThat(challenge.statusCode()).isEqualTo(402);
		int verified = this.facilitator.verified();
		assertThat(get("/never", this.client, "PAYMENT-SIGNATURE", payment(challenge)).statusCode()).isEqualTo(429);
		assertThat(this.facilitator.verified()).isEqualTo(verified);
		String other = "198.51.100.201";
		assertThat(get("/never", other, "PAYMENT-SIGNATURE", payment(challenge)).statusCode()).isEqualTo(200);
	}

	@Test
	void whenPaymentsAreInvalidForTheFacilitatorThenItIsNotAskedAnyMore() throws IOException, InterruptedException {
		HttpResponse<String> challenge = get("/never", this.client);
		int verified = this.facilitator.verified();
		this.facilitator.verifying(() -> new VerificationOutcome.Invalid(ReasonCode.INSUFFICIENT_FUNDS));
		try {
			for (int i = 0; i < 8; i++) {
				get("/never", this.client, "PAYMENT-SIGNATURE", payment(challenge));
			}
		}
		finally {
			this.facilitator.verifying((request) -> new VerificationOutcome.Valid(request.payer()));
		}
		assertThat(this.facilitator.verified()).isEqualTo(verified + 3);
	}

	@Test
	void whenAClientBuysTooFastThenItMustWaitAndCollectsWhatItHasPaidFor() throws IOException, InterruptedException {
		HttpResponse<String> challenge = get("/never", this.client);
		String first = payment(challenge);
		assertThat(get("/never", this.client, "PAYMENT-SIGNATURE", first).statusCode()).isEqualTo(200);
		for (int i = 0; i < 4; i++) {
			assertThat(get("/never", this.client, "PAYMENT-SIGNATURE", payment(challenge)).statusCode()).isEqualTo(200);
		}
		int settled = this.facilitator.settled();
		HttpResponse<String> limited = get("/never", this.client, "PAYMENT-SIGNATURE", payment(challenge));
		assertThat(limited.statusCode()).isEqualTo(429);
		assertThat(limited.headers().firstValue("Retry-After")).isPresent();
		assertThat(get("/never", this.client, "PAYMENT-SIGNATURE", first).body()).isEqualTo("goods");
		assertThat(this.facilitator.settled()).isEqualTo(settled);
	}

	private int[] refusals(String path, String address, int requests) throws IOException, InterruptedException {
		int[] statuses = new int[requests];
		for (int i = 0; i < requests; i++) {
			statuses[i] = get(path, address).statusCode();
		}
		return statuses;
	}

	private static String payment(HttpResponse<String> refused) {
		return new Buyer().pay(Buyer.offers(refused.headers()).get(0));
	}

	private HttpResponse<String> get(String path, String address, String... headers)
			throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.header("X-Forwarded-For", address);
		if (headers.length > 0) {
			request.headers(headers);
		}
		return CLIENT.send(request.build(), BodyHandlers.ofString());
	}

}
