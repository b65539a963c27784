/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.time.Instant;
import java.util.function.Predicate;

import io.x402.gateway.LoopbackUpstream.Received;
import io.x402.spring.test.ClientPayment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A gateway behind networks that ask for payments themselves.
 */
@TestPropertySource(properties = { "gateway.edge.secrets=" + TrustedEdgeTests.FORMER + "," + TrustedEdgeTests.SECRET,
		"gateway.edge.cloudflare.enabled=true", "x402.base-url=https://API.example.com:443/" })
class TrustedEdgeTests extends AbstractGatewayTests {

	static final String FORMER = "former-secret-of-the-edge-0123456789";

	static final String SECRET = "secret-of-the-edge-0123456789abcdef";

	private static final SigningEdge edge = new SigningEdge();

	@DynamicPropertySource
	static void certs(DynamicPropertyRegistry registry) {
		registry.add("gateway.edge.cloudflare.certs", () -> upstream.url() + "/certs");
	}

	@BeforeEach
	void publish() {
		upstream.certs(edge.certs());
	}

	@ParameterizedTest
	@ValueSource(strings = { FORMER, SECRET })
	void whenNetworkIsKnownByItsSecretThenNothingIsAskedForAndTheUpstreamDoesNotLearnIt(String secret) {
		Answer answer = unpaid("/data", "X-Edge-Secret", secret, "PAYMENT-SIGNATURE", "of the edge");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(charges()).isZero();
		Received received = upstream.received().get(0);
		assertThat(received.names((name) -> name.toLowerCase().matches("x-edge.*|payment.*|x402-.*"))).isEmpty();
	}

	@Test
	void whenSecretIsWrongThenAPaymentIsAskedForAndTheUpstreamDoesNotLearnIt() {
		for (String secret : new String[] { SECRET + "x", SECRET.substring(1), "", "x".repeat(SECRET.length()) }) {
			assertThat(unpaid("/data", "X-Edge-Secret", secret).status()).isEqualTo(402);
		}
		assertThat(unpaid("/data", "X-Edge-Secret", SECRET, "X-Edge-Secret", SECRET).status()).isEqualTo(402);
		assertThat(upstream.received()).isEmpty();
		unpaid("/free/data", "X-Edge-Secret", "wrong");
		assertThat(upstream.received().get(0).names((name) -> name.equalsIgnoreCase("X-Edge-Secret"))).isEmpty();
	}

	@Test
	void whenNetworkHasSignedThatTheAddressIsPaidForThenTheUpstreamLearnsTheAmount() {
		Answer answer = unpaid("/data?a=1", TrustedEdge.CONTEXT,
				edge.token("https://api.example.com/api/data?a=1", Instant.now()), "X402-Amount", "1");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(charges()).isZero();
		Received received = upstream.received()
			.stream()
			.filter(Predicate.not((request) -> request.target().equals("/certs")))
			.findFirst()
			.orElseThrow();
		assertThat(received.headers().get("X402-Amount")).containsExactly("25000");
		assertThat(received.names((name) -> name.equalsIgnoreCase(TrustedEdge.CONTEXT))).isEmpty();
	}

	@Test
	void whenTokenIsForAnotherAddressOrOfAnotherKeyThenAPaymentIsAskedFor() {
		String other = edge.token("https://api.example.com/api/cheap", Instant.now());
		String forged = new SigningEdge().token("https://api.example.com/api/data", Instant.now());
		String right = edge.token("https://api.example.com/api/data", Instant.now());
		assertThat(unpaid("/data", TrustedEdge.CONTEXT, other).status()).isEqualTo(402);
		assertThat(unpaid("/data", TrustedEdge.CONTEXT, forged).status()).isEqualTo(402);
		assertThat(unpaid("/data", TrustedEdge.CONTEXT, right, TrustedEdge.CONTEXT, right).status()).isEqualTo(402);
		assertThat(upstream.received()).allMatch((request) -> request.target().equals("/certs"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/cheap/../data", "/cheap/%2e%2e/data", "/cheap/%252e%252e/data", "/cheap/..%252fdata",
			"/cheap/..;/data", "/data;x=1", "/data%3bx=1", "/cheap/..%255cdata", "//data", "/./data", "/%64ata",
			"/%2564ata", "/data%0d%0a", "/data%2500" })
	void whenNetworkMayHaveReadAnotherPathThenAPaymentIsAskedFor(String path) {
		String token = edge.token("https://api.example.com/api" + path, Instant.now());
		assertThat(unpaid(path, TrustedEdge.CONTEXT, token).status()).isEqualTo(402);
		assertThat(unpaid(path, "X-Edge-Secret", SECRET).status()).isEqualTo(402);
		assertThat(upstream.received()).allMatch((request) -> request.target().equals("/certs"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "PURGE", "TRACE", "get" })
	void whenNetworkLetsInWhatCannotBeSentOnThenItIsAnError(String method) {
		HttpHeaders headers = new HttpHeaders();
		headers.add("X-Edge-Secret", SECRET);
		Answer answer = exchange(null, HttpMethod.valueOf(method), "/api/data", headers, null);
		assertThat(answer.status()).isIn(405, 501);
		assertThat(answer.headers().toString() + answer.text()).doesNotContain(SECRET);
		assertThat(upstream.received()).isEmpty();
	}

	@Test
	void whenNetworkLetsInWhatHasAPassThenThePassIsNotUsed() {
		HttpHeaders headers = new HttpHeaders();
		headers.add("X-Edge-Secret", SECRET);
		headers.add("X402-Pass", "secret");
		headers.add("Authorization", "Payment secret");
		assertThat(exchange(ClientPayment.payment(), HttpMethod.GET, "/api/data", headers, null).status())
			.isEqualTo(200);
		assertThat(charges()).isZero();
		assertThat(upstream.received().get(0).headers().toString()).doesNotContain("secret");
	}

	@Test
	void whenNetworkHasBeenPaidAndTheUpstreamRedirectsThenItIsAnError() {
		assertThat(unpaid("/redirect", "X-Edge-Secret", SECRET).status()).isEqualTo(502);
	}

	private Answer unpaid(String path, String... headers) {
		HttpHeaders all = new HttpHeaders();
		for (int i = 0; i < headers.length; i += 2) {
			all.add(headers[i], headers[i + 1]);
		}
		return exchange(null, HttpMethod.GET, "/api" + path, all, null);
	}

}
