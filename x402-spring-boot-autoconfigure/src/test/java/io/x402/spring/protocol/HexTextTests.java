/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HexText}.
 */
class HexTextTests {

	private static final String ADDRESS = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	@Test
	void whenLengthFitsThenTheTextIsKeptAsWritten() {
		assertThat(HexText.address(ADDRESS)).isEqualTo(ADDRESS);
		assertThat(HexText.bytes32("0x" + "aB".repeat(32))).isEqualTo("0x" + "aB".repeat(32));
		assertThat(HexText.bytes("0x00")).isEqualTo("0x00");
	}

	@Test
	void whenLengthDoesNotFitThenItIsRefused() {
		assertThat(HexText.address(ADDRESS + "0")).isNull();
		assertThat(HexText.address(ADDRESS.substring(0, 41))).isNull();
		assertThat(HexText.bytes32("0x" + "ab".repeat(31))).isNull();
		assertThat(HexText.bytes32("0x" + "ab".repeat(33))).isNull();
		assertThat(HexText.bytes("0x" + "ab".repeat(8192))).isNotNull();
		assertThat(HexText.bytes("0x" + "ab".repeat(8193))).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0x", "0xa", "0xabc", "abcd", "0Xabcd", "x0abcd", "0xabcg", "0x ab", "0xab ", " 0xab",
			"0x\uFF41\uFF42", "0x\u0661\u0662", "\uFF10xab", "0x-1", "0x+1", "0xab\0\0" })
	void whenTextIsNotHexadecimalThenItIsRefused(String text) {
		assertThat(HexText.bytes(text)).isNull();
	}

	@Test
	void whenValueIsNotATextThenItIsRefused() {
		assertThat(HexText.bytes(null)).isNull();
		assertThat(HexText.bytes(0xab)).isNull();
		assertThat(HexText.address(null)).isNull();
		assertThat(HexText.bytes32(1)).isNull();
	}

}
