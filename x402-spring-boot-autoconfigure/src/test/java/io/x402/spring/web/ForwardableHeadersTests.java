/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ForwardableHeaders}.
 */
class ForwardableHeadersTests {

	@ParameterizedTest
	@ValueSource(strings = { "PAYMENT-SIGNATURE", "Payment-Signature", "payment_signature", "X-PAYMENT", "X402-Pass",
			"x402-page", "X402_Payer", "SIGN-IN-WITH-X", "Payment-Context" })
	void whenHeaderIsForTheSellerThenItIsNotForwarded(String name) {
		assertThat(forwarded(name, "secret").isEmpty()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "Authorization,Payment id=abc", "Authorization,payment eyJ4", "Proxy-Authorization,Payment id=abc" })
	void whenAuthorizationIsAPaymentThenItIsNotForwarded(String name, String value) {
		assertThat(forwarded(name, value).isEmpty()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "Authorization,Bearer abc", "Authorization,Payments abc", "Accept,text/html", "X-Request-Id,7",
			"X-Empty,''" })
	void whenHeaderIsAnyOtherThenItIsForwarded(String name, String value) {
		assertThat(forwarded(name, value).get(name)).containsExactly(value);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Bearer abc, Payment eyJ4", "Payment eyJ4, Bearer abc",
			"Payment eyJ4,Bearer abc,payment eyJ5" })
	void whenAuthorizationHoldsAPaymentThenOnlyTheOthersAreForwarded(String value) {
		assertThat(forwarded("Authorization", value).get("Authorization")).containsExactly("Bearer abc");
	}

	@Test
	void whenAnotherSchemeQuotesTheWordThenItIsForwarded() {
		String digest = "Digest realm=\"Shop, Payment API\", nonce=\"a\\\"b\"";
		assertThat(forwarded("Authorization", digest).get("Authorization")).containsExactly(digest);
		assertThat(PaymentCredentials.isIn(digest)).isFalse();
	}

	@Test
	void whenCookieHoldsAPaymentThenOnlyTheOthersAreForwarded() {
		assertThat(forwarded("Cookie", "a=1; _x402=eyJ4; b=2").get("Cookie")).containsExactly("a=1; b=2");
		assertThat(forwarded("Cookie", "_x402=eyJ4").isEmpty()).isTrue();
		assertThat(forwarded("Cookie", "a=1; __Host-x402-pass-12345678-9a=Qm9; b=2").get("Cookie"))
			.containsExactly("a=1; b=2");
		assertThat(forwarded("Cookie", "a=_x402=1;_x402 = eyJ4").get("Cookie")).containsExactly("a=_x402=1");
	}

	private static HttpHeaders forwarded(String name, String value) {
		HttpHeaders headers = new HttpHeaders();
		headers.add(name, value);
		return ForwardableHeaders.of(headers);
	}

}
