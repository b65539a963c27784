/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WholeNumber}.
 */
class WholeNumberTests {

	@Test
	void whenValueIsAWholeNumberThenItIsConverted() {
		for (Object value : new Object[] { 60, 60L, 60.0, BigInteger.valueOf(60) }) {
			assertThat(WholeNumber.of(value)).isEqualTo(BigInteger.valueOf(60));
		}
		assertThat(WholeNumber.of(-1)).isEqualTo(BigInteger.ONE.negate());
	}

	@Test
	void whenValueIsAnythingElseThenThereIsNoNumber() {
		for (Object value : new Object[] { 60.5, 1e300, -1e300, Double.NaN, Double.POSITIVE_INFINITY, "60", true }) {
			assertThat(WholeNumber.of(value)).isNull();
		}
		assertThat(WholeNumber.of(null)).isNull();
	}

}
