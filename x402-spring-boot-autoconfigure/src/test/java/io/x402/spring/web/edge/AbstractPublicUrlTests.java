/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which URL offers name: the configured one whatever a request claims, else what the
 * server takes the request for.
 */
abstract class AbstractPublicUrlTests {

	private static final Pattern HEADER = Pattern.compile("PAYMENT-REQUIRED: ([A-Za-z0-9+/=]+)");

	abstract static class WithBaseUrl {

		@LocalServerPort
		private int port;

		@ParameterizedTest
		@ValueSource(strings = { "Host: evil.example\r\n", "Host: evil.example:443\r\n",
				"Host: localhost\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: http\r\n",
				"Host: localhost\r\nForwarded: host=evil.example;proto=http\r\n",
				"Host: localhost\r\nX-Forwarded-Prefix: /evil.example\r\n",
				"Host: localhost\r\nX-Original-URL: /evil.example\r\nX-Rewrite-URL: /evil.example\r\n" })
		void whenRequestClaimsAnotherOriginThenNothingOfItShows(String headers) throws IOException {
			String answer = RawConnection.exchange(this.port,
					"GET /plain?a=b HTTP/1.1\r\nConnection: close\r\n" + headers + "\r\n");
			assertThat(answer).startsWith("HTTP/1.1 402").doesNotContain("evil.example");
			assertThat(url(answer)).isEqualTo("https://api.example.com/plain?a=b");
		}

		@Test
		void whenTargetIsAbsoluteThenItsHostDoesNotShow() throws IOException {
			String answer = RawConnection.exchange(this.port,
					"GET http://evil.example/plain HTTP/1.1\r\nConnection: close\r\nHost: evil.example\r\n\r\n");
			assertThat(answer).startsWith("HTTP/1.1 402").doesNotContain("evil.example");
			assertThat(url(answer)).isEqualTo("https://api.example.com/plain");
		}

	}

	abstract static class BehindProxy {

		private final String mount;

		BehindProxy(String mount) {
			this.mount = mount;
		}

		@LocalServerPort
		private int port;

		@Test
		void whenProxyForwardsThenUrlIsThePublicOne() throws IOException {
			String answer = RawConnection.get(this.port, this.mount + "/plain?a=b",
					"X-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example\r\nX-Forwarded-Port: 443\r\n");
			assertThat(url(answer)).isEqualTo("https://shop.example" + this.mount + "/plain?a=b");
		}

		@Test
		void whenProxyStripsPrefixThenUrlHasIt() throws IOException {
			String answer = RawConnection.get(this.port, this.mount + "/plain",
					"X-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example\r\nX-Forwarded-Prefix: /api\r\n");
			assertThat(url(answer)).isEqualTo("https://shop.example/api/plain");
		}

		@Test
		void whenNothingIsForwardedThenUrlIsOfTheServer() throws IOException {
			assertThat(url(RawConnection.get(this.port, this.mount + "/plain", "")))
				.isEqualTo("http://localhost:" + this.port + this.mount + "/plain");
		}

	}

	private static String url(String answer) {
		Matcher matcher = HEADER.matcher(answer);
		assertThat(matcher.find()).as(answer).isTrue();
		String document = new String(Base64.getDecoder().decode(matcher.group(1)));
		Matcher url = Pattern.compile("\"url\": *\"([^\"]+)\"").matcher(document);
		assertThat(url.find()).as(document).isTrue();
		return url.group(1);
	}

}
