/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SignInPayload}. The texts are those that the official package makes.
 */
class SignInPayloadTests {

	private static final String URL = "https://shop.example/v1/siwx";

	@Test
	void whenAccountIsOnEvmThenTextIsThatOfTheStandard() {
		assertThat(payload("eip155:84532", "Sign in").text()).isEqualTo("""
				shop.example wants you to sign in with your Ethereum account:
				0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A

				Sign in

				URI: https://shop.example/v1/siwx
				Version: 1
				Chain ID: 84532
				Nonce: 00112233445566778899aabbccddeeff
				Issued At: 2026-11-28T01:00:00.000Z
				Resources:
				- https://shop.example/v1/siwx""");
	}

	@Test
	void whenThereIsNoStatementThenTwoLinesAreEmptyOnEvmOnly() {
		assertThat(payload("eip155:84532", null).text())
			.contains("\n0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A\n\n\nURI: ");
		assertThat(payload("solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1", null).text())
			.contains("\n0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A\n\nURI: ")
			.contains("\nChain ID: EtWTRABZaYq6iMfeYKouRu166VU2xqa1\n");
	}

	@Test
	void whenMessageHasAllMembersThenTheirOrderIsThatOfTheStandard() {
		SignInPayload payload = new SignInPayload("shop.example", "0x1", null, URL, "1", "eip155:1", "eip191", "n", "i",
				"e", "b", "r", List.of("a", "b"), null, "0x");
		assertThat(payload.text()).endsWith("""
				Issued At: i
				Expiration Time: e
				Not Before: b
				Request ID: r
				Resources:
				- a
				- b""");
		assertThat(payload.isWellFormed()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Sign in\nURI: https://evil.example", "a\rb", "a\u2028b", "a\u2029b", "a\u0085b",
			"a\u0000b", "" })
	void whenMemberCouldBeAnotherLineThenMessageIsNotWellFormed(String text) {
		assertThat(payload("eip155:84532", text).isWellFormed()).isFalse();
		assertThat(new SignInPayload("shop.example", "0x1", null, URL, "1", "eip155:1", "eip191", "n", "i", null, null,
				null, List.of(URL, text), null, "0x")
			.isWellFormed()).isFalse();
	}

	@Test
	void whenTextFormIsLoggedThenItShowsNeitherNonceNorSignature() {
		assertThat(payload("eip155:84532", "Sign in"))
			.hasToString("SignInPayload[address=0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A]");
	}

	private static SignInPayload payload(String chain, @Nullable String statement) {
		return new SignInPayload("shop.example", "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A", statement, URL, "1",
				chain, "eip191", "00112233445566778899aabbccddeeff", "2026-11-28T01:00:00.000Z", null, null, null,
				List.of(URL), null, "0x00");
	}

}
