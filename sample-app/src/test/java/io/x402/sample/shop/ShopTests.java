/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;

import io.x402.sample.shop.CatalogController.Item;
import io.x402.spring.PaymentFlow;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.protocol.ProtocolVersion;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.client.EntityExchangeResult;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the shop shows before anybody pays, over HTTP.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ShopTests {

	private static final List<Item> GOODS = List.of(
			new Item("GET", "/ask", "$0.01", "A slow answer, streamed word by word", PaymentFlow.UPFRONT),
			new Item("POST", "/echo", "$0.01", "Your own words, returned", PaymentFlow.AUTHORIZATION),
			new Item("GET", "/essay", "up to $0.05", "An essay, paid by the word", PaymentFlow.AUTHORIZATION),
			new Item("GET", "/files/{name}", "$0.02", "A file to keep: field-notes.txt or lighthouse.svg",
					PaymentFlow.AUTHORIZATION),
			new Item("GET", "/report.csv", "$0.10", "Visitors and revenue of the harbour, quarter by quarter",
					PaymentFlow.AUTHORIZATION),
			new Item("GET", "/report.pdf", "$0.10", "Visitors and revenue of the harbour, quarter by quarter",
					PaymentFlow.AUTHORIZATION),
			new Item("GET", "/weather", "$0.05", "Three days of weather for any city", PaymentFlow.AUTHORIZATION));

	private final PaymentCodec codec = new PaymentCodec();

	@LocalServerPort
	private int port;

	@Autowired
	private HandlerRuns runs;

	private RestTestClient client;

	@BeforeEach
	void connect() {
		this.client = RestTestClient.bindToServer().baseUrl("http://127.0.0.1:" + this.port).build();
	}

	@Test
	void whenUnpaidThenAnswers402WithTheOfferAndRunsNoHandler() {
		long runsBefore = this.runs.counts().getOrDefault("GET /weather", 0L);
		EntityExchangeResult<String> answer = this.client.get()
			.uri("/weather?city=Lisbon")
			.exchange()
			.expectStatus()
			.isEqualTo(HttpStatus.PAYMENT_REQUIRED)
			.returnResult(String.class);
		PaymentRequiredDocument terms = terms(answer);
		assertThat(terms.x402Version()).isEqualTo(2);
		assertThat(terms.resource().url()).isEqualTo("http://127.0.0.1:" + this.port + "/weather?city=Lisbon");
		assertThat(terms.resource().description()).isEqualTo("Three days of weather for any city");
		assertThat(terms.accepts()).singleElement().satisfies((offer) -> {
			assertThat(offer.scheme()).isEqualTo("exact");
			assertThat(offer.network()).isEqualTo("eip155:84532");
			assertThat(offer.amount()).isEqualTo(50_000);
			assertThat(offer.asset()).isEqualTo("0x036CbD53842c5426634e7929541eC2318f3dCF7e");
			assertThat(offer.payTo()).isEqualTo("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
			assertThat(offer.extra()).containsEntry("name", "USDC").containsEntry("version", "2");
		});
		assertThat(answer.getResponseHeaders().getFirst(HttpHeaders.CACHE_CONTROL)).contains("no-store");
		assertThat(answer.getResponseBody()).doesNotContain(HandlerRuns.SERVED);
		assertThat(this.runs.counts().getOrDefault("GET /weather", 0L)).isEqualTo(runsBefore);
	}

	@Test
	void whenUnpaidHeadThenAnswers402() {
		this.client.head().uri("/weather").exchange().expectStatus().isEqualTo(HttpStatus.PAYMENT_REQUIRED);
	}

	@Test
	void whenListedThenTheCatalogHoldsAllGoods() {
		assertThat(catalog()).isEqualTo(GOODS);
	}

	@Test
	void whenListedThenThePriceIsTheOneAskedFor() {
		assertThat(catalog()).isNotEmpty().allSatisfy((item) -> {
			EntityExchangeResult<Void> answer = this.client.method(HttpMethod.valueOf(item.method()))
				.uri(item.path(), "any")
				.exchange()
				.expectStatus()
				.isEqualTo(HttpStatus.PAYMENT_REQUIRED)
				.returnResult(Void.class);
			assertThat(terms(answer).accepts()).extracting(PaymentRequirements::amount)
				.containsExactly(new BigDecimal(item.price().substring(item.price().indexOf("$") + 1)).movePointRight(6)
					.toBigIntegerExact());
			assertThat(terms(answer).accepts()).extracting(PaymentFlow::of).containsExactly(item.flow());
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/shop.js", "/shop.css", "/favicon.svg", "/catalog", "/tools", "/wallet", "/free" })
	void whenFreeThenAnswersWithoutPayment(String path) {
		assertThat(this.client.get()
			.uri(path)
			.exchange()
			.expectStatus()
			.isOk()
			.returnResult(String.class)
			.getResponseBody()).isNotEmpty().doesNotContain(HandlerRuns.SERVED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/cheap", "/__lab/stats", "/lab/pojo", "/lab/functional" })
	void whenNotInTheLabThenItsRoutesAreMissing(String path) {
		this.client.get().uri(path).exchange().expectStatus().isNotFound();
	}

	private List<Item> catalog() {
		return this.client.get().uri("/catalog").exchange().returnResult(new ParameterizedTypeReference<List<Item>>() {
		}).getResponseBody();
	}

	private PaymentRequiredDocument terms(EntityExchangeResult<?> answer) {
		String header = answer.getResponseHeaders().getFirst(ProtocolVersion.PAYMENT_REQUIRED_HEADER);
		assertThat(header).isNotNull();
		return this.codec.read(Base64.getDecoder().decode(header), PaymentRequiredDocument.class);
	}

}
