/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab;

import java.time.Instant;
import java.util.Map;

import io.x402.spring.evm.Eip3009Signer;
import io.x402.spring.protocol.PaymentCodec;
import io.x402.spring.protocol.PaymentPayload;
import io.x402.spring.protocol.PaymentRequiredDocument;
import io.x402.spring.protocol.PaymentRequirements;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.StatusAssertions;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Free calls, passes and balances of the lab.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles("lab")
class AccessControllerTests {

	private static final JsonMapper JSON = new JsonMapper();

	@LocalServerPort
	private int port;

	@Autowired
	@Qualifier("x402")
	private RestClient.Builder buyers;

	private RestTestClient client;

	@BeforeEach
	void connect() {
		this.client = RestTestClient.bindToServer().baseUrl("http://127.0.0.1:" + this.port).build();
	}

	@ParameterizedTest
	@CsvSource({ "/trial, 3", "/forecast, 10" })
	void whenFreeCallsAreUsedUpThenTheNextOneIsPaid(String path, int calls) {
		for (int i = 0; i < calls; i++) {
			this.client.get()
				.uri(path)
				.exchange()
				.expectStatus()
				.isOk()
				.expectHeader()
				.valueEquals("RateLimit-Policy", "\"free\";q=" + calls + ";w=86400");
		}
		JsonNode transcript = buy(path);
		assertThat(transcript.at("/unpaid/status").intValue()).isEqualTo(402);
		assertThat(transcript.at("/authorization/value").longValue()).isEqualTo(10_000);
		assertThat(transcript.at("/paid/status").intValue()).isEqualTo(200);
		assertThat(runs().get("GET " + path)).isEqualTo(calls + 1);
	}

	@Test
	void whenTenCallsAreBoughtThenTenAreServed() {
		String token = pass("/ten");
		for (int left = 8; left >= 0; left--) {
			use("/ten", token).isOk().expectHeader().valueEquals("X402-Pass-Remaining", String.valueOf(left));
		}
		use("/ten", token).isEqualTo(HttpStatus.PAYMENT_REQUIRED);
		assertThat(runs().get("GET /ten")).isEqualTo(10);
	}

	@Test
	void whenAnHourIsBoughtThenItOpensNothingElse() {
		String token = pass("/hour");
		use("/hour", token).isOk();
		use("/ten", token).isEqualTo(HttpStatus.PAYMENT_REQUIRED);
	}

	@Test
	void whenAnHourOfReportsIsBoughtThenItOpensEachOfThem() {
		String token = pass("/reports/q1");
		use("/reports/q1", token).isOk();
		use("/reports/q2", token).isOk();
		use("/hour", token).isEqualTo(HttpStatus.PAYMENT_REQUIRED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/credit", "/essays/tides" })
	void whenCreditIsToppedUpThenCallsTakeTheirPriceUntilItIsUsedUp(String path) {
		HttpHeaders paid = topUp(path);
		assertThat(paid.getFirst("X402-Credit-Balance")).isEqualTo("98000");
		String token = paid.getFirst("X402-Pass");
		for (int left = 96_000; left >= 0; left -= 2_000) {
			use(path, token).isOk().expectHeader().valueEquals("X402-Credit-Balance", String.valueOf(left));
		}
		use(path, token).isEqualTo(HttpStatus.PAYMENT_REQUIRED);
		assertThat(runs().get("GET " + path)).isEqualTo(50);
	}

	private HttpHeaders topUp(String path) {
		PaymentCodec codec = new PaymentCodec(1 << 16);
		String offers = this.client.get()
			.uri(path)
			.exchange()
			.returnResult()
			.getResponseHeaders()
			.getFirst("PAYMENT-REQUIRED");
		PaymentRequirements offer = codec.decode(offers, PaymentRequiredDocument.class)
			.accepts()
			.stream()
			.filter(PaymentRequirements::isTopUp)
			.findFirst()
			.orElseThrow();
		Map<String, Object> accepted = JSON.convertValue(offer, new TypeReference<>() {
		});
		Map<String, Object> signed = new Eip3009Signer("0x" + "7".repeat(64)).sign(offer, Instant.now()).toMap();
		return this.client.get()
			.uri(path)
			.header("PAYMENT-SIGNATURE", codec.encode(new PaymentPayload.V2(2, null, accepted, signed, null)))
			.exchange()
			.expectStatus()
			.isOk()
			.returnResult()
			.getResponseHeaders();
	}

	private String pass(String path) {
		return this.buyers.clone()
			.build()
			.get()
			.uri("http://127.0.0.1:" + this.port + path)
			.retrieve()
			.toBodilessEntity()
			.getHeaders()
			.getFirst("X402-Pass");
	}

	private StatusAssertions use(String path, String token) {
		return this.client.get().uri(path).header("X402-Pass", token).exchange().expectStatus();
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
