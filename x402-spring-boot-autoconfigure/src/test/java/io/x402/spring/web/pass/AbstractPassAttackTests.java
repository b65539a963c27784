/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;

import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.fixture.MovingClock;
import io.x402.spring.protocol.Sha256;
import io.x402.spring.web.edge.RawConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

	/**
	 * Servers refuse some of these with 400, others hand them on as they are.
	 */
	@ParameterizedTest(name = "{0}")
	@CsvSource(delimiter = '|', textBlock = """
			folded line after it         | %s\\r\\n X-Forged: 1
			line feed within it          | %1$.40s\\n%1$s
			line end within it           | %1$.40s\\r\\n%1$s
			carriage return within it    | %1$.40s\\r%1$s
			carriage return after it     | %s\\rX-Forged: 1
			zero after it                | %s\\0
			zero before it               | \\0%s
			zero in place of its end     | %.75s\\0
			escape after it              | %s\\33[31m
			backspace after it           | %sA\\b
			delete after it              | %s\\177
			vertical tab after it        | %s\\13
			form feed before it          | \\14%s
			tab within it                | %1$.32s\\t%1$s
			next line of Unicode after it | %s\\205
			no-break space before it     | \\240%s""")
	void whenTokenHasControlCharactersThenItOpensNothingAndIsNotInTheResponse(String name, String form)
			throws IOException {
		String token = this.client.buy("/ten");
		String forged = String.format(form.translateEscapes(), token);
		String response = RawConnection.get(this.port, "/ten", PassClient.TOKEN + ": " + forged + "\r\n");
		assertThat(response).as(name)
			.matches("(?s)HTTP/1\\.1 (400|402) .*")
			.doesNotContain("goods", "X-Forged", token.substring(33));
		assertThat(this.client.uses("/ten", token)).isEqualTo(9);
	}

	/**
	 * A line that ends too early is a header of its own, and none of the response.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "\r\nX-Forged: 1", "\nX-Forged: 1", "\r\nX402-Pass-Remaining: 1000" })
	void whenTokenIsFollowedByAnotherHeaderThenItIsNotInTheResponse(String more) throws IOException {
		String token = this.client.buy("/ten");
		String response = RawConnection.get(this.port, "/ten", PassClient.TOKEN + ": " + token + more + "\r\n");
		assertThat(response).doesNotContain("X-Forged", "1000", token.substring(33));
		assertThat(this.client.uses("/ten", token)).isBetween(8, 9);
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

	@Test
	void whenCookiesAreNotAskedForThenNoneIsSetOrTaken() {
		HttpResponse<String> paid = this.client.get("/ten", "PAYMENT-SIGNATURE", this.client.payment("/ten"),
				"Sec-Fetch-Site", "same-origin");
		assertThat(paid.headers().firstValue("Set-Cookie")).isEmpty();
		String token = PassClient.token(paid);
		String cookie = "__Host-x402-pass-" + Sha256.of("GET /ten").substring(0, 8) + "-" + token.replace('.', '=');
		assertThat(this.client.get("/ten", "Cookie", cookie, "Sec-Fetch-Site", "same-origin").statusCode())
			.isEqualTo(402);
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
