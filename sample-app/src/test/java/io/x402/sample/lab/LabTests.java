/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab;

import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;

import io.x402.sample.shop.HandlerRuns;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The routes for interoperability tests, bought by the embedded buyer.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles("lab")
@ExtendWith(OutputCaptureExtension.class)
class LabTests {

	@TempDir
	private static Path directory;

	private static Path runLog;

	@LocalServerPort
	private int port;

	private RestTestClient client;

	@DynamicPropertySource
	static void logRuns(DynamicPropertyRegistry properties) {
		runLog = directory.resolve("runs.log");
		properties.add("lab.run-log", runLog::toString);
	}

	@BeforeEach
	void connect() {
		this.client = RestTestClient.bindToServer().baseUrl("http://127.0.0.1:" + this.port).build();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			/weather2,       50000
			/cheap,          10000
			/premium,        100000
			/slow?ms=20,     10000
			/big,            10000
			/lab/pojo,       10000
			/lab/string,     10000
			/lab/bytes,      10000
			/lab/entity,     10000
			/lab/resource,   10000
			/lab/writer,     10000
			/lab/output,     10000
			/lab/stream,     10000
			/lab/callable,   10000
			/lab/deferred,   10000
			/lab/future,     10000
			/lab/sse,        10000
			/lab/etag,       10000
			/lab/cookie,     10000
			/lab/functional, 10000
			/lab/audit/small?id=a,   10000
			/lab/audit/large?id=a,   10000
			/lab/audit/chunks?id=a,  10000
			/lab/audit/stream?id=a,  10000
			/lab/audit/sse?id=a,     10000
			/lab/audit/async?id=a,   10000
			""")
	void whenBoughtThenServedOnce(String path, long price) {
		Map<String, Long> before = runs();
		JsonNode transcript = buy(path);
		assertThat(transcript.at("/unpaid/status").intValue()).isEqualTo(402);
		assertThat(transcript.at("/authorization/value").longValue()).isEqualTo(price);
		assertThat(transcript.at("/paid/status").intValue()).isEqualTo(200);
		assertThat(transcript.at("/paid/receipt/success").booleanValue()).isTrue();
		assertThat(transcript.at("/paid/bodyBytes").intValue()).isGreaterThanOrEqualTo(HandlerRuns.SERVED.length());
		String handler = "GET " + path.split("\\?")[0];
		assertThat(runs().get(handler)).isEqualTo(before.getOrDefault(handler, 0L) + 1);
	}

	@ParameterizedTest
	@CsvSource({ "/nocontent,204", "/lab/view,302" })
	void whenAnAnswerWithoutBodySucceedsThenItIsCharged(String path, int status) {
		JsonNode transcript = buy(path);
		assertThat(transcript.at("/paid/status").intValue()).isEqualTo(status);
		assertThat(transcript.at("/paid/receipt/success").booleanValue()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "/fail,500,1", "/throw,500,1", "/denied,403,1", "/lab/error,503,3" })
	void whenTheHandlerFailsThenNothingIsChargedAndTheBuyerRepeatsWhatMayPass(String path, int status, int runs) {
		Map<String, Long> before = runs();
		JsonNode transcript = buy(path);
		assertThat(transcript.at("/paid/status").intValue()).isEqualTo(status);
		assertThat(transcript.at("/paid/receipt").isMissingNode()).isTrue();
		assertThat(transcript.toString()).doesNotContain(HandlerRuns.SERVED);
		assertThat(runs().get("GET " + path)).isEqualTo(before.getOrDefault("GET " + path, 0L) + runs);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "/cheap", "/big", "/lab/writer", "/lab/stream", "/lab/sse", "/lab/forward", "/lab/functional" })
	void whenUnpaidThenNothingRuns(String path) {
		Map<String, Long> before = runs();
		this.client.get().uri(path).exchange().expectStatus().isEqualTo(HttpStatus.PAYMENT_REQUIRED);
		assertThat(runs()).isEqualTo(before);
	}

	@ParameterizedTest
	@CsvSource({ "/permit2,exact", "/upto,upto", "/lab/audit/permit2?id=a,exact", "/lab/audit/upto?id=a,upto" })
	void whenPaidByPermit2ThenTheOfferSaysSo(String path, String scheme) {
		HttpHeaders headers = this.client.get().uri(path).exchange().returnResult().getResponseHeaders();
		byte[] challenge = Base64.getDecoder().decode(String.valueOf(headers.getFirst("PAYMENT-REQUIRED")));
		JsonNode offer = new JsonMapper().readTree(challenge).at("/accepts/0");
		assertThat(offer.at("/scheme").stringValue()).isEqualTo(scheme);
		assertThat(offer.at("/amount").stringValue()).isEqualTo("50000");
		assertThat(offer.at("/extra/assetTransferMethod").stringValue()).isEqualTo("permit2");
	}

	@Test
	void whenPaidByEip3009ThenTheOfferNamesNoOtherMethod() {
		HttpHeaders headers = this.client.get().uri("/cheap").exchange().returnResult().getResponseHeaders();
		byte[] challenge = Base64.getDecoder().decode(String.valueOf(headers.getFirst("PAYMENT-REQUIRED")));
		assertThat(new JsonMapper().readTree(challenge).at("/accepts/0/extra/assetTransferMethod").isMissingNode())
			.isTrue();
	}

	@Test
	void whenAHandlerOfTheAuditRunsThenItsPurchaseIsLogged() {
		buy("/lab/audit/small?id=purchase-1");
		assertThat(runLog).content().containsOnlyOnce("purchase-1 GET /lab/audit/small\n");
	}

	@Test
	void whenStartedThenOneLineTellsPrograms(CapturedOutput output) {
		assertThat(output.getOut().lines().filter((line) -> line.contains("x402 ready: {"))).singleElement()
			.asString()
			.contains("\"url\":\"http://127.0.0.1:" + this.port + "\"")
			.contains("\"facilitator\":\"simulated\",\"store\":\"memory\",\"networks\":[\"eip155:84532\"]");
	}

	@Test
	void whenForwardedToAPaidHandlerAndPaidThenServed() {
		JsonNode transcript = buy("/lab/forward");
		assertThat(transcript.at("/unpaid/status").intValue()).isEqualTo(402);
		assertThat(transcript.at("/paid/status").intValue()).isEqualTo(200);
		assertThat(transcript.at("/paid/receipt/success").booleanValue()).isTrue();
	}

	@Test
	void whenBigThenOneMebibyteOfTextIsServed() {
		assertThat(buy("/big").at("/paid/bodyBytes").intValue()).isEqualTo(1024 * 1024);
	}

	private JsonNode buy(String path) {
		return this.client.get()
			.uri("/buy?json&path={path}", path)
			.exchange()
			.returnResult(JsonNode.class)
			.getResponseBody();
	}

	private Map<String, Long> runs() {
		return this.client.get()
			.uri("/__lab/stats")
			.exchange()
			.returnResult(LabController.Stats.class)
			.getResponseBody()
			.handlerRuns();
	}

}
