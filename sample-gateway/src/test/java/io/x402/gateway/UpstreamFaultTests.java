/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;

import io.x402.spring.test.ClientPayment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What buyers get and pay when an upstream responds well, badly or not at all.
 */
class UpstreamFaultTests extends AbstractGatewayTests {

	@ParameterizedTest
	@CsvSource({ "/eof,502", "/gzip-cut-off,502", "/reset,502", "/garbage,502", "/cut-off,502", "/cut-off-chunk,502",
			"/bad-chunk,502", "/bad-length,502", "/switches,502", "/redirect,502", "/slow,504", "/stalls,504",
			"/status/500,500", "/status/404,404", "/status/429,429", "/status/401,401", "/status/402,502",
			"/status/304,304" })
	void whenUpstreamFailsThenIsAskedOnceAndNothingIsCharged(String path, int status) {
		Answer answer = get("/api" + path);
		assertThat(answer.status()).isEqualTo(status);
		assertThat(answer.header("PAYMENT-RESPONSE")).isEmpty();
		assertThat(answer.header("Location")).isEmpty();
		assertThat(answer.header("Content-Encoding")).isEmpty();
		assertThat(answer.text()).doesNotContain("part");
		assertThat(upstream.received()).hasSize(1);
		assertThat(charges()).isZero();
	}

	@Test
	void whenUpstreamIsGoneThenNothingIsCharged() {
		Answer answer = exchange(HttpMethod.POST, "/api/eof", new HttpHeaders(), "order".getBytes());
		assertThat(answer.status()).isEqualTo(502);
		assertThat(upstream.received()).hasSize(1);
		assertThat(charges()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "/data?x=1&y=%2F,what the upstream sells", "/early-hints,what the upstream sells",
			"/until-closed,what the upstream sells", "/too-long,what", "/chunked,chunk by itself" })
	void whenUpstreamRespondsThenIsChargedOnce(String path, String content) {
		Answer answer = get("/api" + path);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.text()).isEqualTo(content);
		assertThat(answer.header("PAYMENT-RESPONSE")).hasSize(1);
		assertThat(upstream.received()).singleElement()
			.satisfies((received) -> assertThat(received.target()).isEqualTo(path));
		assertThat(charges()).isOne();
	}

	@Test
	void whenContentIsCompressedThenItPassesAsItIs() {
		Answer answer = get("/api/gzip");
		assertThat(answer.body()).containsExactly(0x1f, 0x8b, 'x');
		assertThat(answer.header("Content-Encoding")).containsExactly("gzip");
		assertThat(charges()).isOne();
	}

	@Test
	void whenThereIsNoContentThenIsChargedOnce() {
		Answer answer = get("/api/nothing");
		assertThat(answer.status()).isEqualTo(204);
		assertThat(charges()).isOne();
	}

	@Test
	void whenHeadThenLengthIsThatOfTheUpstream() {
		Answer answer = exchange(HttpMethod.HEAD, "/api/data", new HttpHeaders(), null);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.header("Content-Length"))
			.containsExactly(Integer.toString(LoopbackUpstream.CONTENT.length()));
		assertThat(charges()).isOne();
	}

	@Test
	void whenUnpaidThenUpstreamIsNotAsked() {
		assertThat(exchange(null, HttpMethod.GET, "/api/data", new HttpHeaders(), null).status()).isEqualTo(402);
		assertThat(upstream.received()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "PUT", "DELETE", "PATCH", "POST" })
	void whenMethodIsAnotherOneThenItIsNotFree(String method) {
		assertThat(exchange(null, HttpMethod.valueOf(method), "/api/data", new HttpHeaders(), null).status())
			.isEqualTo(402);
		assertThat(upstream.received()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "PURGE,/api/data,501", "get,/api/free/data,501", "PROPFIND,/api/free/data,501",
			"TRACE,/api/data,405" })
	void whenMethodCannotBeSentOnThenNobodyIsAskedToPay(String method, String path, int status) {
		assertThat(exchange(HttpMethod.valueOf(method), path, new HttpHeaders(), null).status()).isEqualTo(status);
		assertThat(upstream.received()).isEmpty();
		assertThat(charges()).isZero();
	}

	@Test
	void whenPathIsFreeThenNothingIsAskedFor() {
		assertThat(exchange(null, HttpMethod.GET, "/api/free/data", new HttpHeaders(), null).text())
			.isEqualTo(LoopbackUpstream.CONTENT);
		assertThat(upstream.received()).singleElement()
			.satisfies((received) -> assertThat(received.target()).isEqualTo("/free/data"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/free/..%2Fdata", "/api/free/%2e%2e/data", "/api/free/..;/data", "/api/free/../data",
			"/api/free%2F..%2Fdata", "/api//data", "/api/free/%252e%252e/data", "/api/free/..%252fdata",
			"/api/free/%25252e%25252e%25252fdata", "/api/free/..%255cdata", "/api/free%252f..%252fdata" })
	void whenFreePathLeadsElsewhereThenItIsNotFree(String path) {
		Answer answer = exchange(null, HttpMethod.GET, path, new HttpHeaders(), null);
		assertThat(answer.status()).isGreaterThanOrEqualTo(400);
		assertThat(upstream.received()).isEmpty();
	}

	@Test
	void whenPaymentIsRepeatedThenUpstreamIsAskedOnce() {
		ClientPayment payment = ClientPayment.payment().signedOnce();
		for (int i = 0; i < 3; i++) {
			assertThat(exchange(payment, HttpMethod.POST, "/api/echo", new HttpHeaders(), "order".getBytes()).text())
				.isEqualTo("order");
		}
		assertThat(upstream.received()).hasSize(1);
		assertThat(charges()).isOne();
	}

	@Test
	void whenUpstreamFailedThenTheSamePaymentIsTakenAgain() {
		ClientPayment payment = ClientPayment.payment().signedOnce();
		assertThat(exchange(payment, HttpMethod.GET, "/api/slow", new HttpHeaders(), null).status()).isEqualTo(504);
		assertThat(exchange(payment, HttpMethod.GET, "/api/slow", new HttpHeaders(), null).status()).isEqualTo(504);
		assertThat(charges()).isZero();
		assertThat(upstream.received()).hasSize(2);
	}

	@Test
	void whenUpstreamSendsEventsThenEachPassesByItself() {
		RestClient.builder()
			.requestFactory(connections())
			.requestInterceptor(ClientPayment.payment())
			.build()
			.get()
			.uri(URI.create(url("/api/events")))
			.exchange((sent, response) -> {
				BufferedReader events = new BufferedReader(new InputStreamReader(response.getBody()));
				assertThat(response.getHeaders().getFirst("PAYMENT-RESPONSE")).isNotNull();
				assertThat(events.readLine()).isEqualTo("data: 1");
				assertThat(charges()).isOne();
				upstream.goOn();
				assertThat(events.lines().toList()).containsExactly("", "data: 2", "");
				return null;
			});
		assertThat(charges()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/events-cut-off", "/large-cut-off" })
	void whenWhatPassesAlreadyIsCutOffThenItDoesNotEndWell(String path) {
		upstream.goOn();
		assertThat(get("/api" + path).isCutOff()).isTrue();
		assertThat(charges()).isOne();
	}

	@Test
	void whenResponseIsLargeThenAllOfItPasses() {
		assertThat(get("/api/large").body()).hasSize(1_000_000);
		assertThat(charges()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/cut-off", "/eof", "/gzip-cut-off", "/described-cut-off", "/bad-chunk" })
	void whenFreePathFailsThenBuyerSeesAnError(String path) {
		Answer answer = exchange(null, HttpMethod.GET, "/api/free" + path, new HttpHeaders(), null);
		assertThat(answer.status()).isEqualTo(502);
		assertThat(answer.text()).doesNotContain("part").startsWith("{");
		assertThat(answer.header("Content-Encoding")).isEmpty();
		assertThat(answer.header("Content-Disposition")).isEmpty();
		assertThat(answer.header("ETag")).isEmpty();
		assertThat(answer.header("Cache-Control")).containsExactly("no-store");
	}

	@Test
	void whenResponseIsTooLargeThenItDoesNotEndWell() {
		assertThat(get("/api/too-large").isCutOff()).isTrue();
		assertThat(charges()).isOne();
	}

	@Test
	void whenResponseSaysThatItIsTooLargeThenNothingIsCharged() {
		assertThat(get("/api/too-large-as-it-says").status()).isEqualTo(502);
		assertThat(charges()).isZero();
	}

}
