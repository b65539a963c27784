/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import io.x402.sample.shop.HandlerRuns;
import io.x402.spring.PaymentFlow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Purchases of the embedded buyer, over HTTP, settled by the simulated facilitator.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class BuyTests {

	@LocalServerPort
	private int port;

	@Autowired
	private HandlerRuns runs;

	private RestTestClient client;

	@BeforeEach
	void connect() {
		this.client = RestTestClient.bindToServer().baseUrl("http://127.0.0.1:" + this.port).build();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			/weather,               0.05, GET /weather,      application/json
			/weather?city=New%20York, 0.05, GET /weather,    application/json
			/report.csv,            0.10, GET /report.csv,   text/csv
			/ask?question=Why,      0.01, GET /ask,          text/event-stream
			/essay?words=7,         0.0035, GET /essay,      text/plain
			/files/field-notes.txt, 0.02, GET /files/{name}, text/plain
			/files/lighthouse.svg,  0.02, GET /files/{name}, image/svg+xml
			""")
	void whenBoughtThenServedOnceWithReceipt(String path, BigDecimal price, String handler, String contentType) {
		BigDecimal spentBefore = wallet().spent();
		long runsBefore = runs(handler);
		Transcript transcript = buy(path);
		assertServed(transcript, price, spentBefore);
		assertThat(transcript.paid().contentType()).startsWith(contentType);
		assertThat(transcript.paid().bodyExcerpt()).contains(HandlerRuns.SERVED);
		assertThat(runs(handler)).isEqualTo(runsBefore + 1);
	}

	@Test
	void whenBodyIsGivenThenItIsPostedAndComesBack() {
		BigDecimal spentBefore = wallet().spent();
		Transcript transcript = this.client.get()
			.uri("/buy?json&path={path}&body={body}", "/echo", "grüezi")
			.exchange()
			.returnResult(Transcript.class)
			.getResponseBody();
		assertServed(transcript, new BigDecimal("0.01"), spentBefore);
		assertThat(transcript.request()).isEqualTo("POST /echo");
		assertThat(transcript.paid().bodyExcerpt()).startsWith("grüezi\n").contains(HandlerRuns.SERVED);
	}

	@Test
	void whenThePdfIsBoughtThenItIsServedAsOne() {
		BigDecimal spentBefore = wallet().spent();
		Transcript transcript = buy("/report.pdf");
		assertServed(transcript, new BigDecimal("0.10"), spentBefore);
		assertThat(transcript.paid().contentType()).isEqualTo("application/pdf");
		assertThat(transcript.paid().bodyBytes()).isGreaterThan(1000);
	}

	@Test
	void whenTheAnswerIsStreamedThenTheOfferAsksForTheMoneyUpFront() {
		assertThat(buy("/ask").unpaid().paymentRequired().accepts()).extracting(PaymentFlow::of)
			.containsExactly(PaymentFlow.UPFRONT);
	}

	@Test
	void whenNotInStockThenNothingIsCharged() {
		Transcript.Wallet before = wallet();
		Transcript transcript = buy("/files/none.txt");
		assertThat(transcript.paid().status()).isEqualTo(404);
		assertThat(transcript.paid().receipt()).isNull();
		assertThat(transcript.wallet()).isEqualTo(before);
	}

	@Test
	void whenFreeThenNothingIsSigned() {
		Transcript transcript = buy("/free");
		assertThat(transcript.unpaid().status()).isEqualTo(200);
		assertThat(transcript.unpaid().paymentRequired()).isNull();
		assertThat(transcript.authorization()).isNull();
		assertThat(transcript.paid()).isNull();
	}

	@Test
	void whenBoughtThenNothingInTheTranscriptIsAsLongAsAKeyButTheTransaction() {
		JsonNode transcript = this.client.get()
			.uri("/buy?json&path=/weather")
			.exchange()
			.returnResult(JsonNode.class)
			.getResponseBody();
		assertThat(transcript.at("/authorization/signature").stringValue()).startsWith("0x");
		assertThat(Pattern.compile("(0x)?[0-9a-fA-F]{64,}").matcher(transcript.toString()).results())
			.extracting(MatchResult::group)
			.containsExactly(transcript.at("/paid/receipt/transaction").stringValue());
	}

	@Test
	void whenPeopleBuyThenTheyCanReadWhatHappened() {
		String text = this.client.get()
			.uri("/buy?path=/weather")
			.header("Accept", "*/*")
			.exchange()
			.returnResult(String.class)
			.getResponseBody();
		assertThat(text).containsSubsequence("> GET /weather", "< 402 Payment Required", "offer    50000 atomic units",
				"signs    0.05 USDC on Base Sepolia", "> GET /weather", "> PAYMENT-SIGNATURE", "< 200 OK",
				"receipt  settled in 0x", "\"city\"", "Paid and served.");
		assertThat(Pattern.compile("[0-9a-fA-F]{64,}").matcher(text).results()).hasSize(1);
	}

	@Test
	void whenAProgramAcceptsJsonThenItGetsJson() {
		assertThat(this.client.get()
			.uri("/buy?path=/free")
			.header("Accept", "application/json")
			.exchange()
			.returnResult(JsonNode.class)
			.getResponseBody()
			.at("/unpaid/status")
			.intValue()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://127.0.0.1:%d/", "//127.0.0.1:%d/", "/\\127.0.0.1:%d/", "\\\\127.0.0.1:%d/",
			"@127.0.0.1:%d/", "///127.0.0.1:%d/" })
	void whenThePathLeadsElsewhereThenItIsRefusedAndNobodyIsCalled(String path) throws Exception {
		try (ServerSocket elsewhere = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			elsewhere.setSoTimeout(100);
			this.client.get()
				.uri("/buy?path={path}", path.formatted(elsewhere.getLocalPort()))
				.exchange()
				.expectStatus()
				.isBadRequest();
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(elsewhere::accept);
		}
	}

	private Transcript buy(String path) {
		return this.client.get()
			.uri("/buy?json&path={path}", path)
			.exchange()
			.returnResult(Transcript.class)
			.getResponseBody();
	}

	private Transcript.Wallet wallet() {
		return this.client.get().uri("/wallet").exchange().returnResult(Transcript.Wallet.class).getResponseBody();
	}

	private long runs(String handler) {
		return this.runs.counts().getOrDefault(handler, 0L);
	}

	private static void assertServed(Transcript transcript, BigDecimal price, BigDecimal spentBefore) {
		assertThat(transcript.unpaid().status()).isEqualTo(402);
		assertThat(transcript.paid().status()).isEqualTo(200);
		assertThat(transcript.paid().receipt().success()).isTrue();
		assertThat(transcript.paid().receipt().transaction()).startsWith("0x");
		assertThat(transcript.paid().receipt().payer()).isEqualToIgnoringCase(transcript.wallet().address());
		assertThat(transcript.wallet().spent().subtract(spentBefore)).isEqualByComparingTo(price);
	}

}
