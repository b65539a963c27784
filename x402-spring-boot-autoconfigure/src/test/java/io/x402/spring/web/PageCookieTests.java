/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

class PageCookieTests {

	private static final String PAYMENT = "eyJ4NDAyVmVyc2lvbiI6Mn0=";

	@Test
	void whenThePageNavigatesThenTheCookieIsAPayment() {
		assertThat(PageCookie.payment(navigation("_x402=" + PAYMENT))).isEqualTo(PAYMENT);
		assertThat(PageCookie.payment(navigation("a=b; _x402=" + PAYMENT + "; c=d"))).isEqualTo(PAYMENT);
	}

	@ParameterizedTest
	@CsvSource({ "Sec-Fetch-Site, cross-site", "Sec-Fetch-Site, same-site", "Sec-Fetch-Site, none",
			"Sec-Fetch-Site, 'same-origin, cross-site'", "Sec-Fetch-Site,", "Sec-Fetch-Mode, cors",
			"Sec-Fetch-Mode, no-cors", "Sec-Fetch-Mode,", "Sec-Fetch-Dest, iframe", "Sec-Fetch-Dest, image",
			"Sec-Fetch-Dest, empty", "Sec-Fetch-Dest,", "Cookie, X_x402=e30=", "Cookie, x402=e30=",
			"Cookie, _X402=e30=", "Cookie, a=_x402=e30=", "Cookie, _x402", "Cookie," })
	void whenItIsAnyOtherRequestThenTheCookieIsNone(String name, @Nullable String value) {
		HttpHeaders headers = headers(Map.of("Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate",
				"Sec-Fetch-Dest", "document", "Cookie", "_x402=" + PAYMENT));
		headers.remove(name);
		if (value != null) {
			headers.set(name, value);
		}
		assertThat(PageCookie.payment(request(headers))).isNull();
	}

	@Test
	void whenAHeaderOfTheBrowserIsThereTwiceThenTheCookieIsNone() {
		HttpHeaders headers = headers(Map.of("Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate",
				"Sec-Fetch-Dest", "document", "Cookie", "_x402=" + PAYMENT));
		headers.add("Sec-Fetch-Site", "cross-site");
		assertThat(PageCookie.payment(request(headers))).isNull();
	}

	@Test
	void cookieIsBoundToThePathAndHiddenFromScripts() {
		assertThat(cookie("/a/b", PAYMENT, true))
			.isEqualTo("_x402=" + PAYMENT + "; Path=/a/b; Max-Age=60; HttpOnly; SameSite=Strict; Secure");
		assertThat(cookie("/a/b", PAYMENT, false)).doesNotContain("Secure").contains("HttpOnly; SameSite=Strict");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/a; Domain=evil.example", "/a;b", "/a b", "a", "", "/a\r\nSet-Cookie: b=c", "/\"a",
			"/\\a", "//a b" })
	void whenPathWouldAddAttributesThenThereIsNoCookie(String path) {
		assertThat(cookie(path, PAYMENT, true)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "e30=; Domain=evil.example", "e 30", "e30\r\n", "" })
	void whenPaymentWouldAddAttributesThenThereIsNoCookie(String payment) {
		assertThat(cookie("/a", payment, true)).isNull();
	}

	@Test
	void whenPaymentDoesNotFitACookieThenThereIsNone() {
		assertThat(cookie("/a", "a".repeat(3500), true)).isNotNull();
		assertThat(cookie("/a", "a".repeat(3501), true)).isNull();
		assertThat(cookie("/" + "a".repeat(501), PAYMENT, true)).isNull();
	}

	@Test
	void whenRequestIsNotOneOfThePageThenThereIsNoCookie() {
		assertThat(cookie(null, PAYMENT, true)).isNull();
		assertThat(cookie("/a", null, true)).isNull();
	}

	private static @Nullable String cookie(@Nullable String page, @Nullable String payment, boolean secure) {
		HttpHeaders headers = new HttpHeaders();
		if (page != null) {
			headers.set("X402-Page", page);
		}
		HttpHeaders response = new HttpHeaders();
		PageCookie.add(request(headers), payment, secure, ResponseHeaders.of(response));
		assertThat(response.containsHeader("X402-Page")).isEqualTo(response.containsHeader("Set-Cookie"));
		return response.getFirst("Set-Cookie");
	}

	private static RequestHead navigation(String cookie) {
		return request(headers(Map.of("Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest",
				"document", "Cookie", cookie)));
	}

	private static HttpHeaders headers(Map<String, String> values) {
		HttpHeaders headers = new HttpHeaders();
		headers.setAll(values);
		return headers;
	}

	private static RequestHead request(HttpHeaders headers) {
		return new RequestHead() {

			@Override
			public String method() {
				return "GET";
			}

			@Override
			public String path() {
				return "/a";
			}

			@Override
			public @Nullable String query() {
				return null;
			}

			@Override
			public List<String> headers(String name) {
				return headers.getOrEmpty(name);
			}

			@Override
			public @Nullable String user() {
				return null;
			}

		};
	}

}
