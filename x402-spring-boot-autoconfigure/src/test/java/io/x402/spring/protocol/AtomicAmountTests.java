/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AtomicAmount}.
 */
class AtomicAmountTests {

	private static final BigInteger MAX = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);

	@ParameterizedTest
	@ValueSource(strings = { "0", "1", "50000",
			"115792089237316195423570985008687907853269984665640564039457584007913129639935" })
	void whenTextIsCanonicalThenItIsRead(String text) {
		assertThat(AtomicAmount.parse(text)).isEqualTo(new BigInteger(text));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "00", "01", "+5", "-5", "-0", "5 ", " 5", "5.0", "1e3", "1E3", "0x5", "1_0",
			"1,0", "\u0665\u0660", "\uFF15", "5\u0660", "5\0", "\u00B2", "five" })
	void whenTextIsNotCanonicalThenItIsNoAmount(String text) {
		assertThat(AtomicAmount.parse(text)).isNull();
	}

	@Test
	void whenValueIsAWholeJsonNumberThenItIsRead() {
		assertThat(AtomicAmount.parse(0)).isEqualTo(BigInteger.ZERO);
		assertThat(AtomicAmount.parse(5)).isEqualTo(BigInteger.valueOf(5));
		assertThat(AtomicAmount.parse(1L << 60)).isEqualTo(BigInteger.ONE.shiftLeft(60));
		assertThat(AtomicAmount.parse(MAX)).isEqualTo(MAX);
	}

	@Test
	void whenValueIsAnythingElseThenItIsNoAmount() {
		assertThat(AtomicAmount.parse(null)).isNull();
		assertThat(AtomicAmount.parse(5.0)).isNull();
		assertThat(AtomicAmount.parse(true)).isNull();
		assertThat(AtomicAmount.parse(-5)).isNull();
		assertThat(AtomicAmount.parse(MAX.add(BigInteger.ONE))).isNull();
		assertThat(AtomicAmount.parse(List.of("5"))).isNull();
	}

	@Test
	void whenAmountDoesNotFit256BitsThenItIsNoAmount() {
		assertThat(AtomicAmount.parse(MAX.toString())).isEqualTo(MAX);
		assertThat(AtomicAmount.parse(MAX.add(BigInteger.ONE).toString())).isNull();
		assertThat(AtomicAmount.parse("9".repeat(78))).isNull();
		assertThat(AtomicAmount.parse("1" + "0".repeat(78))).isNull();
	}

}
