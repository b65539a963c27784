/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import io.x402.spring.protocol.ReasonCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link TestSeller} with the buyer of the starter.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE,
		properties = { "x402.client.enabled=true", "x402.client.private-key=" + TestSellerTests.KEY,
				"x402.client.sellers.allowed-hosts=*", "x402.client.limits.max-amount-per-request=$0.05",
				"x402.client.retry.delay=10ms" })
class TestSellerTests {

	static final String KEY = "3333333333333333333333333333333333333333333333333333333333333333";

	private final TestSeller seller = TestSeller.start("$0.01", "base-sepolia");

	@Autowired
	@Qualifier("x402")
	private RestClient.Builder builder;

	@AfterEach
	void close() {
		this.seller.close();
	}

	@Test
	void whenSellerIsPaidThenBuyerGetsContent() {
		assertThat(get("/a")).isEqualTo(TestSeller.CONTENT);
		assertThat(this.seller.facilitator().settleRequests()).hasSize(1);
	}

	@Test
	void whenSellerHangsUpThenSamePaymentIsSentAgain() {
		this.seller.hangsUp();
		assertThatExceptionOfType(RestClientException.class).isThrownBy(() -> get("/a"));
		this.seller.responds();
		assertThat(get("/a")).isEqualTo(TestSeller.CONTENT);
		assertThat(this.seller.payments()).hasSizeGreaterThan(1);
		assertThat(this.seller.payments().stream().distinct()).hasSize(1);
	}

	@Test
	void whenSellerAsksForMoreThanAllowedThenNothingIsPaid() {
		this.seller.asks("$0.06");
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> get("/a"));
		assertThat(this.seller.payments()).isEmpty();
	}

	@Test
	void whenRecipientChangesThenNothingIsPaid() {
		get("/a");
		this.seller.asksToPay("0x000000000000000000000000000000000000bEEF");
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> get("/b"));
		assertThat(this.seller.payments()).hasSize(1);
	}

	@Test
	void whenFacilitatorDeclinesThenBuyerIsToldAndDoesNotPayAgain() {
		this.seller.facilitator().declines(ReasonCode.INSUFFICIENT_FUNDS);
		assertThatExceptionOfType(HttpClientErrorException.class).isThrownBy(() -> get("/a"))
			.satisfies((ex) -> assertThat(ex.getStatusCode().value()).isEqualTo(402));
		assertThat(this.seller.payments()).hasSize(1);
	}

	@Test
	void whenFacilitatorLosesAnswersThenBuyerWaitsAndGetsContent() {
		this.seller.facilitator().losesAnswers();
		assertThat(get("/a")).isEqualTo(TestSeller.CONTENT);
		assertThat(this.seller.payments()).hasSize(2);
		assertThat(this.seller.payments().stream().distinct()).hasSize(1);
	}

	private String get(String path) {
		return this.builder.build().get().uri(this.seller.url(path)).retrieve().body(String.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
