/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.shop;

import java.math.BigDecimal;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Set;

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
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.EntityExchangeResult;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the shop shows before anybody pays, over HTTP.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ShopTests {

	private static final List<Item> GOODS = List.of(
			item("GET", "/ask", "$0.01", "A slow answer, streamed word by word", PaymentFlow.UPFRONT, "Ask"),
			item("GET", "/chart", "$0.03", "Three looks at the chart of the bay", PaymentFlow.AUTHORIZATION, "Chart"),
			item("POST", "/echo", "$0.01", "Your own words, returned", PaymentFlow.AUTHORIZATION, "Echo"),
			item("GET", "/essay", "up to $0.05", "An essay, paid by the word", PaymentFlow.AUTHORIZATION, "Essay"),
			item("GET", "/files/{name}", "$0.02", "A file to keep: field-notes.txt or lighthouse.svg",
					PaymentFlow.AUTHORIZATION, "File"),
			item("POST", "/orders", "$0.20", "A print, sent by mail", PaymentFlow.AUTHORIZATION, "Order"),
			item("GET", "/report.csv", "$0.10", "Visitors and revenue of the harbour, quarter by quarter",
					PaymentFlow.AUTHORIZATION, "Report"),
			item("GET", "/report.pdf", "$0.10", "Visitors and revenue of the harbour, quarter by quarter",
					PaymentFlow.AUTHORIZATION, "Report"),
			item("GET", "/telescope", "$0.01", "A look through a telescope that is broken", PaymentFlow.AUTHORIZATION,
					"Telescope"),
			item("GET", "/tide", "$0.002 or a top-up of $0.02", "The height of the tide, right now",
					PaymentFlow.AUTHORIZATION, "Tide"),
			item("GET", "/weather", "$0.05", "Three days of weather for any city", PaymentFlow.AUTHORIZATION,
					"Weather"));

	/** Transactions are only known to Spring MVC. */
	private static final Set<String> ON_MVC = Set.of("/orders");

	private final PaymentCodec codec = new PaymentCodec();

	@LocalServerPort
	private int port;

	@Autowired
	private HandlerRuns runs;

	@Autowired
	private WebServerApplicationContext context;

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
		boolean mvc = this.context instanceof ServletWebServerApplicationContext;
		assertThat(catalog())
			.containsExactlyElementsOf(GOODS.stream().filter((item) -> mvc || !ON_MVC.contains(item.path())).toList());
	}

	@Test
	void whenListedThenTheSourceOfEachHandlerCanBeRead() {
		assertThat(catalog()).isNotEmpty().allSatisfy((item) -> {
			String source = this.client.get()
				.uri("/" + item.source())
				.exchange()
				.expectHeader()
				.contentTypeCompatibleWith(MediaType.TEXT_PLAIN)
				.returnResult(String.class)
				.getResponseBody();
			assertThat(source).contains("@PaymentRequired(price = \"$" + tokens(item));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "/source/Missing.java", "/source/HandlerRuns.java", "/source/..%2FApplication.java",
			"/bought/none" })
	void whenNotOnShowThenItIsNotFound(String path) {
		this.client.get()
			.uri(URI.create(path))
			.exchange()
			.expectStatus()
			.value((status) -> assertThat(status).isIn(400, 404));
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
				.startsWith(new BigDecimal(tokens(item)).movePointRight(6).toBigIntegerExact());
			assertThat(terms(answer).accepts()).extracting(PaymentFlow::of).containsOnly(item.flow());
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/shop.js", "/shop.css", "/favicon.svg", "/catalog", "/tools", "/wallet", "/free",
			"/scenes" })
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

	private static Item item(String method, String path, String price, String description, PaymentFlow flow,
			String controller) {
		return new Item(method, path, price, description, flow, "source/" + controller + "Controller.java");
	}

	/** The first price of an item. */
	private static String tokens(Item item) {
		return item.price().replaceFirst("^[^$]*\\$([0-9.]+).*", "$1");
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
