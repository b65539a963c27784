/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.buyer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ShopPath}.
 */
class ShopPathTests {

	@ParameterizedTest
	@ValueSource(strings = { "", "weather", "?city=Lisbon", "http://evil.example/", "HTTP://evil.example/",
			"http:/evil.example", "file:///etc/passwd", "//evil.example/", "///evil.example/", "\\\\evil.example\\",
			"/\\evil.example/", "\\/evil.example/", "@evil.example/", ":80@evil.example/", ".evil.example/",
			"/ /evil.example", "/\t/evil.example", "/\r\nHost: evil.example", " //evil.example", "/%", "/weather#top" })
	void whenNotAPathOfTheShopThenItIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> new ShopPath(text));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/weather?city=New%20York", "/@evil.example/", "/..//evil.example/",
			"/%2F%2Fevil.example", "/%5C%5Cevil.example", "/weather?city=http://evil.example/", "/:80@evil.example" })
	void whenAPathOfTheShopThenItLeadsToTheLoopbackInterface(String text) {
		assertThat(new ShopPath(text).on(8080)).hasScheme("http")
			.hasHost("127.0.0.1")
			.hasPort(8080)
			.hasNoUserInfo()
			.satisfies((uri) -> assertThat(uri.toString()).endsWith(text));
	}

	@Test
	void whenNotAsciiThenItIsEncoded() {
		assertThat(new ShopPath("/weather?city=Zürich").on(8080))
			.hasToString("http://127.0.0.1:8080/weather?city=Z%C3%BCrich");
	}

}
