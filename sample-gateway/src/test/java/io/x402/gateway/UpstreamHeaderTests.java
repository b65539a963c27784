/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.x402.gateway.LoopbackUpstream.Received;
import io.x402.spring.test.ClientPayment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an upstream learns about a request and its payment, and a buyer about the
 * upstream.
 */
@TestPropertySource(properties = { "gateway.signing-key=" + UpstreamHeaderTests.KEY,
		"gateway.upstreams.api.bearer=of the gateway", "x402.routes[0].path=/api/free/**", "x402.routes[0].price=free",
		"x402.routes[1].path=/api/ten", "x402.routes[1].price=$0.10", "x402.routes[1].pass.uses=10",
		"x402.routes[2].path=/api/upfront", "x402.routes[2].price=$0.02", "x402.routes[2].flow=upfront",
		"x402.routes[3].path=/api/**", "x402.routes[3].price=$0.01" })
class UpstreamHeaderTests extends AbstractGatewayTests {

	static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

	@Test
	void whenPaidThenUpstreamLearnsWhoPaysAndNotHow() {
		HttpHeaders forged = new HttpHeaders();
		forged.add("X402-Payer", "forged");
		forged.add("X402_Payer", "forged");
		forged.add("X402-Transaction", "forged");
		forged.add("X402-Signature", "forged");
		forged.add("X402-Pass", "secret");
		forged.add("SIGN-IN-WITH-X", "secret");
		forged.add("Authorization", "Bearer of the buyer");
		forged.add("Cookie", "_x402=secret; a=1");
		forged.add("X-Kept", "yes");
		Answer answer = exchange(HttpMethod.GET, "/api/data?b=2&a=1&b=1&c", forged, null);
		assertThat(answer.status()).isEqualTo(200);
		Received received = upstream.received().get(0);
		assertThat(received.target()).isEqualTo("/data?b=2&a=1&b=1&c");
		assertThat(received.names((name) -> name.toLowerCase(Locale.ROOT).contains("payment"))).isEmpty();
		assertThat(received.headers().toString()).doesNotContain("forged", "secret", "of the buyer");
		assertThat(received.headers().get("Authorization")).containsExactly("Bearer of the gateway");
		assertThat(received.headers().get("Cookie")).containsExactly("a=1");
		assertThat(received.headers().get("X-Kept")).containsExactly("yes");
		assertThat(received.headers().getFirst("X402-Payer")).matches("0x[0-9a-fA-F]{40}");
		assertThat(received.headers().get("X402-Amount")).containsExactly("10000");
		assertThat(received.headers().get("X402-Network")).containsExactly("eip155:84532");
		assertThat(received.headers().get("X402-Asset")).containsExactly("0x036CbD53842c5426634e7929541eC2318f3dCF7e");
		assertThat(received.headers().containsHeader("X402-Transaction")).isFalse();
		assertThat(received.headers().getFirst("X402-Signature")).isEqualTo(signature(received));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/data", "/api/free/data" })
	void whenClientNamesAnotherMethodOrPathThenUpstreamDoesNotHearIt(String path) {
		HttpHeaders headers = new HttpHeaders();
		for (String name : List.of("X-HTTP-Method-Override", "X-Http-Method", "X_METHOD_OVERRIDE", "X-Original-URL",
				"X-Rewrite-URL", "X-Override-URL", "X-Original-URI", "X-Edge-Secret", "X_Edge_Secret")) {
			headers.add(name, "forged");
		}
		headers.add("X-Forwarded-Prefix", "/forged");
		headers.add("X-Forwarded-Host", "forged");
		headers.add("Forwarded", "host=forged");
		assertThat(exchange(HttpMethod.GET, path, headers, null).status()).isEqualTo(200);
		assertThat(upstream.received().get(0).headers().toString()).doesNotContain("forged");
	}

	@Test
	void whenSettledUpfrontThenUpstreamLearnsTheTransaction() {
		assertThat(get("/api/upfront").status()).isEqualTo(200);
		Received received = upstream.received().get(0);
		assertThat(received.headers().getFirst("X402-Transaction")).startsWith("0x");
		assertThat(received.headers().getFirst("X402-Signature")).isEqualTo(signature(received));
	}

	@Test
	void whenPassIsUsedThenUpstreamLearnsWhoseItIs() {
		HttpHeaders headers = new HttpHeaders();
		headers.add("X402-Pass", get("/api/ten").header("X402-Pass").get(0));
		assertThat(exchange(null, HttpMethod.GET, "/api/ten", headers, null).status()).isEqualTo(200);
		assertThat(charges()).isOne();
		HttpHeaders first = upstream.received().get(0).headers();
		HttpHeaders second = upstream.received().get(1).headers();
		assertThat(second.getFirst("X402-Payer")).isEqualTo(first.getFirst("X402-Payer"));
		assertThat(second.getFirst("X402-Pass-Id")).hasSize(32);
		assertThat(second.containsHeader("X402-Pass")).isFalse();
		assertThat(second.getFirst("X402-Signature")).isEqualTo(signature(upstream.received().get(1)));
	}

	@Test
	void whenPassIsUsedAndUpstreamFailsThenTheCallIsGivenBack() {
		HttpHeaders headers = new HttpHeaders();
		headers.add("X402-Pass", get("/api/ten").header("X402-Pass").get(0));
		assertThat(exchange(null, HttpMethod.GET, "/api/ten?x=1", headers, null).header("X402-Pass-Remaining"))
			.containsExactly("8");
	}

	@Test
	void whenFreeThenUpstreamLearnsOfNoPayer() {
		HttpHeaders forged = new HttpHeaders();
		forged.add("X402-Payer", "forged");
		forged.add("Authorization", "Payment secret");
		assertThat(exchange(null, HttpMethod.GET, "/api/free/data", forged, null).status()).isEqualTo(200);
		Received received = upstream.received().get(0);
		assertThat(received.names((name) -> name.startsWith("X402"))).containsExactlyInAnyOrder("X402-Timestamp",
				"X402-Signature");
		assertThat(received.headers().getFirst("X402-Signature")).isEqualTo(signature(received));
	}

	@Test
	void whenUpstreamSpeaksForPaymentsThenBuyerDoesNotHearIt() {
		Answer answer = get("/api/headers");
		assertThat(answer.headers().toString()).doesNotContain("forged", "evil");
		assertThat(answer.header("PAYMENT-RESPONSE")).hasSize(1);
		for (String name : List.of("PAYMENT-REQUIRED", "Payment-Receipt", "X-Accel-Redirect", "Alt-Svc", "X-Hop",
				"Keep-Alive")) {
			assertThat(answer.header(name)).isEmpty();
		}
		assertThat(answer.header("X-Kept")).containsExactly("yes");
		assertThat(answer.header("Set-Cookie")).containsExactly("a=1");
		assertThat(answer.header("Cache-Control")).containsExactly("max-age=60, private");
	}

	@Test
	void whenUpstreamDoesNotAcceptTheGatewayThenThatIsNotForTheBuyer() {
		assertThat(get("/api/status/401").status()).isEqualTo(502);
		assertThat(charges()).isZero();
	}

	static Stream<Arguments> bodies() {
		return Stream.of(Arguments.of("application/x-www-form-urlencoded", "b=2&a=1&b=1&c&d=%7e+x"),
				Arguments.of("multipart/form-data; boundary=X",
						"--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--X--\r\n"),
				Arguments.of("Application/X-WWW-Form-Urlencoded", "b=2&a=1"),
				Arguments.of("Multipart/Form-Data; boundary=X",
						"--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--X--\r\n"),
				Arguments.of("application/json", "{ \"a\" : 1 }"));
	}

	@ParameterizedTest
	@MethodSource("bodies")
	void whenBodyIsSentThenItPassesByteByByte(String type, String body) {
		HttpHeaders headers = new HttpHeaders();
		headers.add("Content-Type", type);
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		for (String path : List.of("/api/echo?b=2", "/api/free/echo?b=2")) {
			upstream.reset();
			for (HttpMethod method : List.of(HttpMethod.POST, HttpMethod.PUT)) {
				assertThat(exchange(method, path, headers, bytes).status()).isEqualTo(200);
			}
			assertThat(upstream.received()).hasSize(2).allSatisfy((received) -> {
				assertThat(received.body()).isEqualTo(bytes);
				assertThat(received.headers().get("Content-Type")).containsExactly(type);
				assertThat(received.headers().getContentLength()).isEqualTo(bytes.length);
				assertThat(received.target()).endsWith("/echo?b=2");
			});
		}
		assertThat(charges()).isEqualTo(2);
	}

	@Test
	void whenBodyOfAFormIsAnotherOneThenPaymentIsNotTheSame() {
		HttpHeaders headers = new HttpHeaders();
		headers.add("Content-Type", "application/x-www-form-urlencoded");
		ClientPayment payment = ClientPayment.payment().signedOnce();
		assertThat(exchange(payment, HttpMethod.POST, "/api/echo", headers, "a=1".getBytes()).text()).isEqualTo("a=1");
		assertThat(exchange(payment, HttpMethod.POST, "/api/echo", headers, "a=2".getBytes()).status()).isEqualTo(409);
		assertThat(charges()).isOne();
	}

	@Test
	void whenBodyIsTooLargeThenNobodyIsAskedToPay() {
		byte[] body = new byte[200_000];
		assertThat(exchange(null, HttpMethod.POST, "/api/echo", new HttpHeaders(), body).status()).isEqualTo(413);
		assertThat(upstream.received()).isEmpty();
	}

	private static String signature(Received received) {
		StringBuilder text = new StringBuilder();
		text.append(received.headers().getFirst("X402-Timestamp")).append("\n");
		text.append(received.method()).append("\n");
		text.append(received.target());
		for (String name : List.of("Payer", "Amount", "Asset", "Network", "Transaction", "Pass-Id")) {
			String value = received.headers().getFirst("X402-" + name);
			text.append("\n").append((value != null) ? value : "");
		}
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(Base64.getDecoder().decode(KEY), "HmacSHA256"));
			return "v1=" + HexFormat.of().formatHex(mac.doFinal(text.toString().getBytes(StandardCharsets.UTF_8)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
