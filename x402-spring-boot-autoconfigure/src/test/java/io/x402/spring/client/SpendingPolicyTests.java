/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.net.URI;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SpendingPolicy.Sellers}.
 */
class SpendingPolicyTests {

	@ParameterizedTest
	@CsvSource(textBlock = """
			shop.example,      https://shop.example/a
			SHOP.example,      https://Shop.Example:443/a
			shop.example:8443, https://shop.example:8443/
			*.shop.example,    https://api.shop.example/
			*.shop.example,    https://a.b.shop.example/
			*,                 https://anything.example/
			127.0.0.1,         http://127.0.0.1:49152/
			localhost,         http://localhost:8080/
			[::1],             http://[::1]:8080/
			""")
	void whenHostIsListedThenItMayBePaid(String allowed, URI uri) {
		assertThat(sellers(allowed, false).check(uri)).isNull();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			shop.example,   https://shop.example.evil.example/
			shop.example,   https://evil-shop.example/
			shop.example,   https://shop.example@evil.example/
			shop.example,   https://shop.example:8443/
			shop.example,   https://api.shop.example/
			shop.example,   https://shop.example./
			*.shop.example, https://shop.example/
			*.shop.example, https://evilshop.example/
			*.shop.example, https://api.shop.example:8443/
			shop.example,   https://shop_example/
			""")
	void whenHostIsAnotherThenItMayNotBePaid(String allowed, URI uri) {
		assertThat(sellers(allowed, true).check(uri)).isEqualTo(RefusalReason.HOST_NOT_ALLOWED);
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			http://shop.example/
			http://localhost.evil.example/
			http://127.0.0.1.evil.example/
			HTTP://shop.example/
			http://128.0.0.1/
			""")
	void whenPaymentWouldTravelUnencryptedThenItIsNotMade(URI uri) {
		assertThat(sellers("*", false).check(uri)).isEqualTo(RefusalReason.PLAIN_HTTP_NOT_ALLOWED);
		assertThat(sellers("*", true).check(uri)).isNull();
	}

	private static SpendingPolicy.Sellers sellers(String host, boolean plainHttp) {
		return new SpendingPolicy.Sellers(List.of(host), plainHttp, true, Map.of());
	}

}
