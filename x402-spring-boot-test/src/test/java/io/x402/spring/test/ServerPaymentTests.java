/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import io.x402.spring.store.PaymentLedger;
import io.x402.spring.test.autoconfigure.AutoConfigureX402;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static io.x402.spring.test.PaymentLedgerAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link ClientPayment} and {@link WebClientPayment} over HTTP.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureX402
class ServerPaymentTests {

	@LocalServerPort
	private int port;

	@Autowired
	private ScriptedFacilitator facilitator;

	@Autowired
	private PaymentLedger ledger;

	@BeforeEach
	void reset() {
		this.facilitator.reset();
	}

	@Test
	void whenRestTestClientPaysThenIsServed() {
		client(ClientPayment.payment()).get()
			.uri("/weather")
			.exchange()
			.expectStatus()
			.isOk()
			.expectHeader()
			.exists("PAYMENT-RESPONSE");
		assertThat(this.ledger).settled("/weather", "0.05 USDC");
	}

	@Test
	void whenRestTestClientHasBodyThenItIsSentTwice() {
		client(ClientPayment.payment()).post()
			.uri("/echo")
			.body("hello")
			.exchange()
			.expectBody(String.class)
			.isEqualTo("echo of hello");
	}

	@Test
	void whenHandlerIsFreeThenNothingIsPaid() {
		client(ClientPayment.payment()).get().uri("/free").exchange().expectStatus().isOk();
		assertThat(this.facilitator.settleRequests()).isEmpty();
	}

	@Test
	void whenPaymentIsSignedOnceThenAnswerIsTheSame() {
		RestTestClient client = client(ClientPayment.payment().signedOnce());
		String first = client.get().uri("/weather").exchange().returnResult(String.class).getResponseBody();
		String second = client.get().uri("/weather").exchange().returnResult(String.class).getResponseBody();
		assertThat(first).contains("sunny").isEqualTo(second);
		assertThat(this.facilitator.settleRequests()).hasSize(1);
	}

	@Test
	void whenAnswerIsLostThenRepetitionIsServedOnceItIsKnown() {
		this.facilitator.losesAnswers();
		RestTestClient client = client(ClientPayment.payment().signedOnce());
		client.get().uri("/weather").exchange().expectStatus().isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
		assertThat(this.ledger).pending("/weather");
		assertThat(this.facilitator.settleRequests()).hasSize(1);
	}

	@Test
	void whenWebClientPaysThenIsServed() {
		String content = webClient(WebClientPayment.payment()).get()
			.uri("/weather")
			.retrieve()
			.bodyToMono(String.class)
			.block();
		assertThat(content).contains("sunny");
		assertThat(this.facilitator.settleRequests()).hasSize(1);
	}

	@Test
	void whenWebClientIsExpiredThenIsRefused() {
		HttpStatus status = webClient(WebClientPayment.payment().expired()).get()
			.uri("/weather")
			.exchangeToMono(
					(response) -> response.releaseBody().thenReturn(HttpStatus.valueOf(response.statusCode().value())))
			.block();
		assertThat(status).isEqualTo(HttpStatus.PAYMENT_REQUIRED);
	}

	private RestTestClient client(ClientPayment payment) {
		return RestTestClient.bindToServer().baseUrl(url()).requestInterceptor(payment).build();
	}

	private WebClient webClient(WebClientPayment payment) {
		return WebClient.builder().baseUrl(url()).filter(payment).build();
	}

	private String url() {
		return "http://localhost:" + this.port;
	}

}
