/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.net.URI;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SpendingPolicy.Sellers}.
 */
class SpendingPolicyTests {

	@ParameterizedTest
	@CsvSource(textBlock = """
			shop.example,      https://shop.example/a
			SHOP.example,      https://Shop.Example:443/a
			shop.example:443,  https://shop.example/a
			*.shop.example:443, https://api.shop.example/a
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
			shop.example,   https://shop.example:80/
			shop.example:80, https://shop.example/
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

	/**
	 * A known recipient holds for the same sellers as the host would be allowed for.
	 */
	@ParameterizedTest
	@CsvSource(textBlock = """
			shop.example,      https://shop.example/a
			SHOP.example,      https://Shop.Example:443/a
			shop.example:443,  https://shop.example/a
			shop.example:80,   http://shop.example/a
			shop.example:8443, https://shop.example:8443/
			127.0.0.1,         http://127.0.0.1:49152/
			127.0.0.1:49152,   http://127.0.0.1:49152/
			localhost:80,      http://localhost/
			[::1],             http://[::1]:8080/
			""")
	void whenRecipientOfHostIsKnownThenItIsFound(String host, URI uri) {
		assertThat(recipients(host, host).recipient(uri)).isEqualTo("account");
		assertThat(recipients(host, host).unusedRecipients()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			shop.example,      https://shop.example:8443/
			shop.example:80,   https://shop.example/
			shop.example,      https://api.shop.example/
			""")
	void whenRecipientOfAnotherHostIsKnownThenItDoesNotCount(String host, URI uri) {
		assertThat(recipients(host, host).recipient(uri)).isNull();
	}

	@Test
	void whenRecipientIsKnownOfAHostThatMayNotBePaidThenItIsNamed() {
		assertThat(recipients("shop.example:8443", "shop.example8443").unusedRecipients())
			.containsExactly("shop.example8443");
		assertThat(recipients("*.shop.example", "api.shop.example").unusedRecipients()).isEmpty();
	}

	@Test
	void whenPortsOfThisMachineHaveOtherRecipientsThenTheMostExactCounts() {
		SpendingPolicy.Sellers sellers = new SpendingPolicy.Sellers(List.of("localhost"), false, true,
				Map.of("localhost", "one", "localhost:8081", "other"));
		assertThat(sellers.recipient(URI.create("http://localhost:8081/"))).isEqualTo("other");
		assertThat(sellers.recipient(URI.create("http://localhost:8082/"))).isEqualTo("one");
	}

	@Test
	void whenRecipientIsOneOfManyHostsThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> recipients("*", "*.shop.example"));
	}

	private static SpendingPolicy.Sellers recipients(String allowed, String host) {
		return new SpendingPolicy.Sellers(List.of(allowed), false, true, Map.of(host, "account"));
	}

	private static SpendingPolicy.Sellers sellers(String host, boolean plainHttp) {
		return new SpendingPolicy.Sellers(List.of(host), plainHttp, true, Map.of());
	}

}
