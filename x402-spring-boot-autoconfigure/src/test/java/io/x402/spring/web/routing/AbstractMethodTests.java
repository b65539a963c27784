/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import java.io.IOException;
import java.net.http.HttpResponse;

import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.web.edge.RawConnection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No HTTP method, however it is named or tunnelled, runs a paid handler without payment.
 */
abstract class AbstractMethodTests {

	@LocalServerPort
	private int port;

	@Autowired
	private Runs runs;

	@Autowired
	private FacilitatorDouble facilitator;

	private int runsBefore;

	private int settledBefore;

	@BeforeEach
	void remember() {
		this.runsBefore = this.runs.count();
		this.settledBefore = this.facilitator.settled();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/methods/get", "/methods/any", "/routes/any/controller", "/routes/any/function",
			"/routes/any/filtered", "/routes/any/bean", "/routes/get", "/methods/routed-bean", "/static-files/secret" })
	void whenHeadIsSentThenAnswersWithTheOffersAndNoBody(String path) throws IOException {
		String answer = RawConnection.send(this.port, "HEAD", path, "");
		assertThat(answer).startsWith("HTTP/1.1 402").contains("PAYMENT-REQUIRED: ").endsWith("\r\n\r\n");
		assertNothingRan();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/methods/get", "/methods/any", "/routes/any/controller", "/routes/any/function",
			"/routes/any/filtered", "/routes/any/bean", "/routes/get", "/static-files/secret" })
	void whenOptionsIsSentThenIsFreeAndRunsNothing(String path) throws IOException {
		String plain = RawConnection.send(this.port, "OPTIONS", path, "");
		assertThat(plain).matches("(?s)HTTP/1.1 20[04].*").doesNotContain(Runs.GOODS);
		String preflight = RawConnection.send(this.port, "OPTIONS", path,
				"Origin: https://shop.example\r\nAccess-Control-Request-Method: GET\r\n");
		assertThat(preflight).doesNotStartWith("HTTP/1.1 402").doesNotContain(Runs.GOODS);
		assertNothingRan();
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PUT", "PATCH", "DELETE", "CONNECT", "get", "Get", "head", "options", "FOO",
			"PROPFIND", "COPY" })
	void whenHandlerTakesAnyMethodThenEveryMethodIsPaid(String method) throws IOException {
		for (String path : new String[] { "/methods/any", "/routes/any/controller", "/routes/any/function",
				"/routes/any/filtered", "/routes/any/bean" }) {
			String answer = RawConnection.send(this.port, method, path, "Content-Length: 0\r\n");
			assertThat(answer).as(path).matches("(?s)HTTP/1.1 (402|405|400|501) .*").doesNotContain(Runs.GOODS);
		}
		assertNothingRan();
	}

	@Test
	void whenTraceIsSentThenRunsNothing() throws IOException {
		for (String path : new String[] { "/methods/any", "/routes/any/controller", "/routes/any/filtered" }) {
			assertThat(RawConnection.send(this.port, "TRACE", path, "")).as(path).doesNotContain(Runs.GOODS);
		}
		assertNothingRan();
	}

	@ParameterizedTest
	@ValueSource(strings = { "get", "Get", "head", "FOO", "PROPFIND" })
	void whenRouteNamesMethodsThenMethodsThatNobodyKnowsArePaidToo(String method) throws IOException {
		for (String path : new String[] { "/routes/get", "/methods/routed-bean" }) {
			// The firewall of Spring Security refuses them before
			assertThat(RawConnection.send(this.port, method, path, "")).as(path)
				.matches("(?s)HTTP/1.1 40[02] .*")
				.doesNotContain(Runs.GOODS);
		}
		assertNothingRan();
	}

	@Test
	void whenRouteNamesMethodsThenOthersAreFree() throws IOException {
		assertThat(RawConnection.send(this.port, "POST", "/routes/get", "Content-Length: 0\r\n"))
			.startsWith("HTTP/1.1 200")
			.contains(Runs.GOODS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override" })
	void whenMethodIsOverriddenByHeaderThenIsPaid(String header) throws IOException {
		for (String method : new String[] { "GET", "POST", "HEAD" }) {
			for (String override : new String[] { "OPTIONS", "HEAD", "POST", "GET" }) {
				String answer = RawConnection.send(this.port, method, "/methods/any",
						header + ": " + override + "\r\nContent-Length: 0\r\n");
				assertThat(answer).startsWith("HTTP/1.1 402");
			}
		}
		assertNothingRan();
	}

	@ParameterizedTest
	@ValueSource(strings = { "put", "delete", "patch", "options", "get" })
	void whenMethodIsOverriddenByFormFieldThenIsPaid(String override) throws IOException {
		for (String path : new String[] { "/methods/any", "/routes/any/controller", "/routes/any/filtered" }) {
			String form = "_method=" + override;
			String answer = RawConnection.exchange(this.port,
					"POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
							+ "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + form.length()
							+ "\r\n\r\n" + form);
			assertThat(answer).as(path).startsWith("HTTP/1.1 402");
		}
		assertNothingRan();
	}

	@Test
	void whenMethodIsOverriddenByFormFieldThenRouteOfThatMethodIsNotAvoided() throws IOException {
		String answer = RawConnection.exchange(this.port,
				"GET /routes/get?_method=POST HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
		assertThat(answer).startsWith("HTTP/1.1 402");
		assertNothingRan();
	}

	@Test
	void whenGetIsPaidThenRunsOnce() throws IOException, InterruptedException {
		HttpResponse<String> answer = new Shopper(this.port).buy("/methods/get");
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.body()).isEqualTo(Runs.GOODS);
		assertThat(this.runs.count() - this.runsBefore).isOne();
		assertThat(this.facilitator.settled() - this.settledBefore).isOne();
	}

	private void assertNothingRan() {
		assertThat(this.runs.count()).isEqualTo(this.runsBefore);
		assertThat(this.facilitator.settled()).isEqualTo(this.settledBefore);
	}

}
