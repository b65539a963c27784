/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Upstreams to which the gateway says who it is, and what of that, and of a network in
 * front of it, can be read in a log in which everything is written.
 */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(
		properties = { "x402.routes[0].path=/*/free/**", "x402.routes[0].price=free", "x402.routes[1].path=/**",
				"x402.routes[1].price=$0.01", "gateway.upstreams.api.username=" + UpstreamCredentialTests.USERNAME,
				"gateway.upstreams.api.password=" + UpstreamCredentialTests.PASSWORD,
				"gateway.upstreams.bearer.bearer=" + UpstreamCredentialTests.BEARER,
				"gateway.signing-key=" + UpstreamHeaderTests.KEY, "gateway.edge.secrets=" + TrustedEdgeTests.SECRET,
				"gateway.edge.cloudflare.enabled=true", "x402.base-url=https://api.example.com",
				"logging.level.root=trace", "logging.level.org.springframework.test=info" })
class UpstreamCredentialTests extends AbstractGatewayTests {

	static final String USERNAME = "the-gateway";

	static final String PASSWORD = "p:ss wörd of the gateway";

	static final String BEARER = "token-of-the-gateway-0123456789";

	private static final SigningEdge edge = new SigningEdge();

	@DynamicPropertySource
	static void routes(DynamicPropertyRegistry registry) {
		registry.add("gateway.edge.cloudflare.certs", () -> upstream.url() + "/certs");
		List<String> names = List.of("api", "bearer", "plain");
		for (int i = 0; i < names.size(); i++) {
			String name = names.get(i);
			String route = "spring.cloud.gateway.server.webmvc.routes[" + i + "].";
			registry.add(route + "id", () -> name);
			registry.add(route + "uri", upstream::url);
			registry.add(route + "predicates[0]", () -> "Path=/" + name + "/**");
			registry.add(route + "filters[0]", () -> "StripPrefix=1");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/data", "/free/data" })
	void whenGatewayHasCredentialsThenUpstreamGetsThoseAndNoOthers(String path) {
		for (String forged : List.of("Bearer of the buyer", "Basic " + base64("buyer:password"), "Digest x")) {
			upstream.reset();
			HttpHeaders headers = new HttpHeaders();
			headers.add("Authorization", forged);
			headers.add("authorization", forged);
			assertThat(exchange(HttpMethod.GET, "/api" + path, headers, null).status()).isEqualTo(200);
			assertThat(exchange(HttpMethod.GET, "/bearer" + path, headers, null).status()).isEqualTo(200);
			assertThat(exchange(HttpMethod.GET, "/plain" + path, headers, null).status()).isEqualTo(200);
			assertThat(Stream.of(0, 1).map((i) -> upstream.received().get(i).headers().get("Authorization")))
				.containsExactly(List.of("Basic " + base64(USERNAME + ":" + PASSWORD)), List.of("Bearer " + BEARER));
			assertThat(upstream.received().get(2).headers().get("Authorization")).contains(forged);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/api/", "/bearer/" })
	void whenUpstreamFailsThenBuyerSeesNoCredentials(String route) {
		for (String path : List.of("status/401", "status/402", "redirect", "eof", "garbage", "slow", "switches")) {
			Answer answer = get(route + path);
			assertThat(answer.status()).isIn(502, 504);
			assertThat(answer.headers() + answer.text()).doesNotContain(secrets());
		}
		assertThat(charges()).isZero();
	}

	@Test
	void whenEverythingIsLoggedThenNoCredentialsAre(CapturedOutput output) {
		upstream.certs(edge.certs());
		String token = edge.token("https://api.example.com/api/data", Instant.now());
		String forged = new SigningEdge().token("https://api.example.com/api/data", Instant.now());
		for (String path : List.of("/api/data", "/bearer/data", "/api/eof", "/bearer/status/401", "/api/status/500")) {
			for (String secret : List.of(TrustedEdgeTests.SECRET, "x" + TrustedEdgeTests.SECRET)) {
				unpaid(path, "X-Edge-Secret", secret);
			}
			unpaid(path, TrustedEdge.CONTEXT, token);
			unpaid(path, TrustedEdge.CONTEXT, forged);
			unpaid(path, TrustedEdge.CONTEXT, token + ".");
			get(path);
		}
		upstream.certs("none");
		unpaid("/api/data", TrustedEdge.CONTEXT, forged.replaceFirst("\\.", "x."));
		assertThat(output.getAll()).contains("executing exchange", URI.create(upstream.url()).getAuthority())
			.doesNotContain(secrets())
			.doesNotContain(token.split("\\.")[1], token.split("\\.")[2], forged.split("\\.")[2]);
	}

	private Answer unpaid(String path, String header, String value) {
		HttpHeaders headers = new HttpHeaders();
		headers.add(header, value);
		return exchange(null, HttpMethod.GET, path, headers, null);
	}

	private static String[] secrets() {
		return new String[] { PASSWORD, base64(USERNAME + ":" + PASSWORD), BEARER, TrustedEdgeTests.SECRET,
				UpstreamHeaderTests.KEY };
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
	}

}
