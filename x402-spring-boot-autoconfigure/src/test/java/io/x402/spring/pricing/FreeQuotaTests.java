/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Free quotas as annotations and routes write them.
 */
class FreeQuotaTests {

	@ParameterizedTest
	@CsvSource({ "3 per 1d, 3, P1D", "100 per 1h, 100, PT1H", "1 per PT10M, 1, PT10M", "5 per 60, 5, PT60S",
			"999999999 per 366d, 999999999, P366D" })
	void whenTextIsAQuotaThenItIsRead(String text, int limit, Duration period) {
		assertThat(FreeQuota.of("freeQuota", text)).isEqualTo(new FreeQuota(limit, period));
	}

	@ParameterizedTest
	@ValueSource(strings = { "3", "3/1d", "0 per 1d", "-1 per 1d", "3 per", "3 per day", "3 per 0s", "3 per 999ms",
			"3 per -1d", "3 per 367d", "3.5 per 1d", "1000000000 per 1d", "three per 1d", "3 per 1d " })
	void whenTextIsNoQuotaThenTheRemedyIsNamed(String text) {
		assertThatExceptionOfType(InvalidPricingException.class).isThrownBy(() -> FreeQuota.of("freeQuota", text))
			.withMessageContaining("freeQuota")
			.withMessageContaining("calls");
	}

	@Test
	void whenPeriodIsTooLongForANumberThenItIsRefused() {
		assertThatExceptionOfType(InvalidPricingException.class)
			.isThrownBy(() -> FreeQuota.of("freeQuota", "1 per 99999999999999999999d"));
	}

}
