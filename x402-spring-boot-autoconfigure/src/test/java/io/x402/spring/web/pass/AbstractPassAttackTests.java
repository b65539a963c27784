/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;

import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.protocol.Sha256;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Attempts to get in with something that looks like a pass.
 */
abstract class AbstractPassAttackTests {

	@LocalServerPort
	private int port;

	@Autowired
	private FacilitatorDouble facilitator;

	@Autowired
	private MovingClock clock;

	private PassClient client;

	PassClient client() {
		return this.client;
	}

	@BeforeEach
	void connect() {
		this.client = new PassClient(this.port);
	}

	@AfterEach
	void restore() {
		this.clock.pass(this.clock.ahead().negated());
	}

	static Stream<Named<Forgery>> forgeries() {
		return Stream.of(Named.of("nothing", (token, other) -> ""), Named.of("a word", (token, other) -> "null"),
				Named.of("one character less", (token, other) -> token.substring(0, 75)),
				Named.of("one character more", (token, other) -> token + "A"),
				Named.of("identity alone", (token, other) -> token.substring(0, 32)),
				Named.of("code alone", (token, other) -> token.substring(33)),
				Named.of("code of another pass", (token, other) -> token.substring(0, 33) + other.substring(33)),
				Named.of("identity of another pass", (token, other) -> other.substring(0, 33) + token.substring(33)),
				Named.of("unknown identity", (token, other) -> "0".repeat(32) + token.substring(32)),
				Named.of("identity in upper case",
						(token, other) -> token.substring(0, 32).toUpperCase(Locale.ROOT) + token.substring(32)),
				Named.of("code in lower case",
						(token, other) -> token.substring(0, 33) + token.substring(33).toLowerCase(Locale.ROOT)),
				Named.of("code of zeros", (token, other) -> token.substring(0, 33) + "A".repeat(43)),
				Named.of("last character changed",
						(token, other) -> token.substring(0, 75) + ((token.charAt(75) == 'A') ? 'B' : 'A')),
				Named.of("standard base64 in place of its URL form",
						(token, other) -> token.substring(0, 33) + "+/" + token.substring(35)),
				Named.of("padding", (token, other) -> token.substring(0, 75) + "="),
				Named.of("hash in place of the code",
						(token, other) -> token.substring(0, 33) + Sha256.of(token).substring(0, 43)),
				Named.of("another separator", (token, other) -> token.substring(0, 32) + ":" + token.substring(33)),
				Named.of("credentials of HTTP", (token, other) -> "Bearer " + token),
				Named.of("quotes", (token, other) -> '"' + token + '"'),
				Named.of("list", (token, other) -> token + "," + token),
				Named.of("list of two", (token, other) -> other + ", " + token),
				Named.of("parameter", (token, other) -> token + ";uses=1000"),
				Named.of("SQL", (token, other) -> "' OR '1'='1' --" + "x".repeat(17) + token.substring(32)),
				Named.of("pattern of keys", (token, other) -> "*".repeat(32) + token.substring(32)),
				Named.of("braces of hash slots",
						(token, other) -> "{" + token.substring(1, 31) + "}" + token.substring(32)),
				Named.of("percent encoding", (token, other) -> token.replace(".", "%2E")),
				Named.of("path", (token, other) -> "../" + token.substring(3)),
				Named.of("4 KB", (token, other) -> token + "A".repeat(4096)));
	}

	@ParameterizedTest
	@MethodSource("forgeries")
	void whenTokenIsForgedThenPaymentIsRequiredAndNoUseIsTaken(Forgery forgery) {
		String token = this.client.buy("/ten");
		String forged = forgery.of(token, this.client.buy("/ten"));
		HttpResponse<String> refused = this.client.use("/ten", forged);
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(PassClient.code(refused)).isEqualTo("pass_invalid");
		assertThat(PassClient.header(refused, PassClient.REMAINING)).isEqualTo("none");
		assertThat(refused.headers().firstValue(PassClient.TOKEN)).isEmpty();
		assertThat(refused.headers().firstValue("PAYMENT-REQUIRED")).isPresent();
		assertThat(refused.body()).doesNotContain(token).doesNotContain(token.substring(33));
		assertThat(this.client.uses("/ten", token)).isEqualTo(9);
	}

	@Test
	void whenTokenIsSentTwiceThenItIsNone() {
		String token = this.client.buy("/ten");
		HttpResponse<String> refused = this.client.get("/ten", PassClient.TOKEN, token, PassClient.TOKEN, token);
		assertThat(refused.statusCode()).isEqualTo(402);
		assertThat(this.client.uses("/ten", token)).isEqualTo(9);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "Authorization", "PAYMENT-RESPONSE", "X402-Pass-Policy", "X-Forwarded-X402-Pass", "X402_Pass" })
	void whenTokenIsInAnotherHeaderThenItIsNone(String header) {
		assertThat(this.client.get("/ten", header, this.client.buy("/ten")).statusCode()).isEqualTo(402);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PAYMENT-SIGNATURE", "X-PAYMENT" })
	void whenTokenIsSentAsAPaymentThenItIsNone(String header) {
		int settled = this.facilitator.settled();
		String token = this.client.buy("/ten");
		assertThat(this.client.get("/ten", header, token).statusCode()).isEqualTo(402);
		assertThat(this.facilitator.settled()).isEqualTo(settled + 1);
	}

	@Test
	void whenTokenIsInTheQueryOrACookieThenItIsNone() {
		String token = this.client.buy("/ten");
		assertThat(this.client.get("/ten?X402-Pass=" + token).statusCode()).isEqualTo(402);
		assertThat(this.client.get("/ten", "Cookie", "X402-Pass=" + token).statusCode()).isEqualTo(402);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/dearer;/../report", "/report/../dearer", "/DEARER", "/dearer?scope=reports&price=0.10",
			"//dearer", "/dearer/" })
	void whenPathIsSpelledAnotherWayThenTheScopeIsNotWider(String path) {
		String token = this.client.buy("/report");
		assertThat(this.client.use(path, token).statusCode()).isNotEqualTo(200);
		assertThat(this.client.uses("/report", token)).isEqualTo(2);
	}

	@Test
	void whenPassIsOverThenNeitherItsTokenNorItsPaymentOpensAnything() {
		String payment = this.client.payment("/hour");
		String token = PassClient.token(this.client.pay("/hour", payment));
		this.clock.pass(Duration.ofHours(1));
		assertThat(PassClient.code(this.client.use("/hour", token))).isEqualTo("pass_expired");
		assertThat(this.client.pay("/hour", payment).statusCode()).isNotEqualTo(200);
		this.clock.pass(Duration.ofDays(365));
		assertThat(this.client.use("/hour", token).statusCode()).isEqualTo(402);
	}

	@FunctionalInterface
	interface Forgery {

		String of(String token, String other);

	}

}
