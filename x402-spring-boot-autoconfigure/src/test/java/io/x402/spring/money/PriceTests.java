/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.money;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Price}.
 */
class PriceTests {

	@ParameterizedTest
	@CsvSource(ignoreLeadingAndTrailingWhitespace = false,
			value = { "$0.05,0.05,", "0.05,0.05,", "$ 0.05,0.05,", "  $1  ,1,", "0.05 USDC,0.05,USDC",
					"0.05 USD,0.05,USD", "$1 USD,1,USD", "$0,0,", "0.000,0.000,", "1   USDC.e  ,1,USDC.e",
					"12 USDT0,12,USDT0" })
	void whenTextIsAPriceThenAmountAndTickerAreRead(String text, String amount, @Nullable String symbol) {
		assertThat(Price.parse(text)).isEqualTo(new Price(new BigDecimal(amount), symbol));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "$", "0.05USDC", "$1,000", "1e-6", "1E3", "-1", "+1", "$-1", "-$1", ".5", "5.",
			"1.2.3", "1 2", "€1", "1€", "$$1", "NaN", "Infinity", "free", "0x10", "1_000", "1\t", "\t1", "1\n",
			"1\u00A0", "1\u00A0USDC", "\uFF11", "\u0661", "1 USD\u20AE0", "1 US DC", "1 .e", "1 0USDC", "\uFEFF1",
			"1\0" })
	void whenTextIsNoPriceThenItIsRefused(String text) {
		assertThatExceptionOfType(InvalidPriceException.class).isThrownBy(() -> Price.parse(text));
	}

	@Test
	void whenTextIsLongerThanAnyPriceThenItIsRefused() {
		String digits = "1".repeat(78);
		assertThat(Price.parse(digits).amount()).isEqualTo(new BigDecimal(digits));
		assertThatExceptionOfType(InvalidPriceException.class).isThrownBy(() -> Price.parse(digits + "1"));
		assertThatExceptionOfType(InvalidPriceException.class).isThrownBy(() -> Price.parse(" ".repeat(128) + "1"))
			.withMessageContaining("...'");
	}

	@Test
	void whenAmountIsNegativeThenThereIsNoPrice() {
		assertThatExceptionOfType(InvalidPriceException.class)
			.isThrownBy(() -> new Price(new BigDecimal("-0.01"), null));
	}

}
