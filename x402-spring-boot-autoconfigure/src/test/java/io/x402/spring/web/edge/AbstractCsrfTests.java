/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import io.x402.spring.PaymentRequired;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A program buys by POST from an application that protects its users against forged
 * requests, and their protection stays.
 */
abstract class AbstractCsrfTests {

	private static final String[] COOKIE = { "Cookie", "JSESSIONID=1; SESSION=1" };

	@LocalServerPort
	private int port;

	@Autowired
	private FacilitatorDouble facilitator;

	@Test
	void whenProgramPostsThenBuysWithoutToken() throws IOException, InterruptedException {
		int settledBefore = this.facilitator.settled();
		HttpResponse<String> unpaid = post("/sold");
		assertThat(unpaid.statusCode()).isEqualTo(402);
		assertThat(post("/sold", "PAYMENT-SIGNATURE", pay(unpaid)).statusCode()).isEqualTo(200);
		assertThat(this.facilitator.settled() - settledBefore).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/sold", "/free" })
	void whenRequestCarriesWhatBrowsersAddThenTokenIsRequired(String path) throws IOException, InterruptedException {
		assertThat(post(path, COOKIE).statusCode()).isEqualTo(403);
		assertThat(post(path, "Authorization", "Basic dTpw").statusCode()).isEqualTo(403);
	}

	@Test
	void whenRequestWithCookieIsPaidThenTokenIsNotRequired() throws IOException, InterruptedException {
		String payment = pay(post("/sold"));
		assertThat(post("/sold", COOKIE[0], COOKIE[1], "PAYMENT-SIGNATURE", payment).statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@CsvSource({ "PAYMENT-SIGNATURE, e30=", "X-PAYMENT, e30=", "Authorization, Payment e30",
			"Payment-Authorization, Payment e30" })
	void whenPaymentIsNoneThenIsAskedForOneAndNotForAToken(String header, String value)
			throws IOException, InterruptedException {
		assertThat(post("/sold", COOKIE[0], COOKIE[1], header, value).statusCode()).isEqualTo(402);
	}

	@Test
	void whenRequestIsAnonymousThenFreeHandlerRuns() throws IOException, InterruptedException {
		assertThat(post("/free").statusCode()).isEqualTo(200);
	}

	@Test
	void whenProtectionIsDisabledThenStaysDisabled() throws IOException, InterruptedException {
		assertThat(post("/open", COOKIE).statusCode()).isEqualTo(200);
	}

	final HttpResponse<String> post(String path, String... headers) throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.POST(BodyPublishers.noBody());
		if (headers.length > 0) {
			request.headers(headers);
		}
		return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
	}

	private static String pay(HttpResponse<String> unpaid) {
		return new Buyer().pay(Buyer.offers(unpaid.headers()).get(0));
	}

	@Import(Controllers.class)
	static class Goods {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

	}

	@RestController
	static class Controllers {

		@PaymentRequired(price = "0.01")
		@PostMapping("/sold")
		String sold() {
			return "goods";
		}

		@PostMapping({ "/free", "/open", "/hook" })
		String free() {
			return "free";
		}

	}

}
