/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Passes as annotations and routes write them.
 */
class PassTermsTests {

	@ParameterizedTest
	@CsvSource({ "1h, 0, PT1H,, '\"pass\";duration=3600'", "'', 2,, 2, '\"pass\";uses=2'",
			"PT1S, 2147483647, PT1S, 2147483647, '\"pass\";uses=2147483647;duration=1'",
			"3660d, 0, P3660D,, '\"pass\";duration=316224000'", "90, 0, PT90S,, '\"pass\";duration=90'" })
	void whenPassEndsThenItsTermsAreRead(String duration, int uses, @Nullable Duration time, @Nullable Long calls,
			String policy) {
		PassTerms terms = PassTerms.of(new PassDefinition(duration, uses, "", true), "Shop#sold");
		assertThat(terms).isEqualTo(new PassTerms("Shop#sold", false, time, calls, true));
		assertThat(terms.policy()).isEqualTo(policy);
	}

	@ParameterizedTest
	@CsvSource({ "'', 0", "'', 1", "'', -1", "1h, -5", "0s, 0", "999ms, 0", "-1h, 0", "3661d, 0", "an hour, 0",
			"1h , 1", "99999999999999999999d, 0" })
	void whenPassDoesNotEndOrCannotBeUsedThenTheRemedyIsNamed(String duration, int uses) {
		assertThatExceptionOfType(InvalidPricingException.class)
			.isThrownBy(() -> PassTerms.of(new PassDefinition(duration, uses, "reports", false), "Shop#sold"))
			.withMessageContaining("pass")
			.satisfies((ex) -> assertThat(ex.remedy()).isNotEmpty());
	}

	@Test
	void whenScopeIsTooLongThenItIsRefused() {
		assertThatExceptionOfType(InvalidPricingException.class)
			.isThrownBy(() -> PassTerms.of(new PassDefinition("1h", 0, "x".repeat(101), false), "Shop#sold"))
			.withMessageContaining("100");
	}

}
