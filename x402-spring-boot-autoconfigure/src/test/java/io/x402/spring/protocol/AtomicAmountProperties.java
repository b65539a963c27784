/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.protocol;

import java.math.BigInteger;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Properties of {@link AtomicAmount}.
 */
class AtomicAmountProperties {

	@Property(tries = 10_000, seed = "1")
	void whenAmountIsWrittenThenReadingGivesItBack(@ForAll("uint256") BigInteger amount) {
		assertThat(AtomicAmount.parse(amount.toString())).isEqualTo(amount);
	}

	@Property(tries = 10_000, seed = "1")
	void whenAnyOtherCharacterIsInsertedThenItIsNoAmount(@ForAll("uint256") BigInteger amount, @ForAll char other,
			@ForAll @IntRange(max = 80) int position) {
		String digits = amount.toString();
		int at = position % (digits.length() + 1);
		String text = digits.substring(0, at) + other + digits.substring(at);
		boolean asciiDigit = other >= '0' && other <= '9';
		assertThat(AtomicAmount.parse(text) != null)
			.isEqualTo(asciiDigit && text.matches("0|[1-9][0-9]{0,77}") && new BigInteger(text).bitLength() <= 256);
	}

	@Property(tries = 2_000, seed = "1")
	void whenTextIsReadThenWritingGivesItBack(@ForAll String text) {
		BigInteger amount = AtomicAmount.parse(text);
		assertThat(amount == null || amount.toString().equals(text)).isTrue();
	}

	@Provide
	Arbitrary<BigInteger> uint256() {
		return Arbitraries.bigIntegers().between(BigInteger.ZERO, BigInteger.TWO.pow(256).subtract(BigInteger.ONE));
	}

}
