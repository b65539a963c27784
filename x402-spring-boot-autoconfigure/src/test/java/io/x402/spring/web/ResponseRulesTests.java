/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Rules for the response of a priced handler.
 */
class ResponseRulesTests {

	@ParameterizedTest
	@ValueSource(strings = { "PAYMENT-REQUIRED", "Payment-Response", "x-payment-response", "Settlement-Overrides" })
	void whenAHeaderSpeaksForThePaymentThenItIsReserved(String name) {
		assertThat(ResponseRules.isReserved(name)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Type", "Retry-After", "Access-Control-Allow-Origin", "X-RateLimit-Limit" })
	void whenAnErrorNeedsAHeaderThenItMayCarryIt(String name) {
		assertThat(ResponseRules.isOfErrors(name)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Location", "Set-Cookie", "ETag", "X-Report", "Link" })
	void whenAHeaderMayBeSoldThenNoErrorCarriesIt(String name) {
		assertThat(ResponseRules.isOfErrors(name)).isFalse();
		assertThat(ResponseRules.isReserved(name)).isFalse();
	}

	@Test
	void whenTheContentIsEventsOrLinesThenItIsSentInParts() {
		assertThat(ResponseRules.isSentInParts("text/event-stream;charset=UTF-8")).isTrue();
		assertThat(ResponseRules.isSentInParts("application/x-ndjson")).isTrue();
		assertThat(ResponseRules.isSentInParts("application/json")).isFalse();
		assertThat(ResponseRules.isSentInParts(null)).isFalse();
	}

	@Test
	void whenARedirectCannotBeReadThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> ResponseRules.checkRedirect(200, "/next"));
		assertThatIllegalArgumentException().isThrownBy(() -> ResponseRules.checkRedirect(302, null));
		assertThatIllegalArgumentException().isThrownBy(() -> ResponseRules.checkRedirect(302, "http://a b:c/"));
		assertThatCode(() -> ResponseRules.checkRedirect(307, "/next?word=a b")).doesNotThrowAnyException();
	}

}
