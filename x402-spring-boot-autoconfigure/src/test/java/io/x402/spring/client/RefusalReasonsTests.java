/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.client;

import java.util.List;
import java.util.Map;

import io.x402.spring.client.RefusalReasons.Meaning;
import io.x402.spring.protocol.ReasonCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RefusalReasons}.
 */
class RefusalReasonsTests {

	@ParameterizedTest
	@ValueSource(strings = { "invalid_exact_evm_nonce_already_used", "permit2_invalid_nonce: 7", "duplicate_settlement",
			"settlement_pending", "payment_already_used", "nonce reused", "NONCE_REUSED", "nonceAlreadyUsed",
			"NONCEUSED", "Payment was settled", "already processed", "It was redeemed.", "in progress", "replay",
			"ReplayedPayment", "DUPLICATE", "already known", "payment_rejected: nonce used",
			"authorization is used or canceled", "authorization expired or used", "payment_expired: nonce used",
			"https://example.org/problems/nonce-used" })
	void whenAReasonSoundsAsIfThePaymentWasTakenThenItMayBe(String reason) {
		assertThat(RefusalReasons.of(reason)).isEqualTo(Meaning.TAKEN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "payment_expired", "permit2_deadline_expired",
			"invalid_exact_evm_payload_authorization_valid_before", "payment_expired: 1764532916",
			"Payment has already expired", "already expired", "authorizationExpired",
			"FiatTokenV2: authorization is expired", "some_scheme_authorization_valid_before",
			"https://paymentauth.org/problems/payment-expired" })
	void whenAReasonSaysThatThePaymentHasExpiredThenItHas(String reason) {
		assertThat(RefusalReasons.of(reason)).isEqualTo(Meaning.EXPIRED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "payment refused", "spending limit exceeded", "no matching offer", "unused" })
	void whenAReasonSaysNothingAboutItThenItIsUnknown(String reason) {
		assertThat(RefusalReasons.of(reason)).isEqualTo(Meaning.UNKNOWN);
	}

	@ParameterizedTest
	@EnumSource
	void whenAReasonIsOfTheTableThenItsTextMeansWhatItsCodeMeans(ReasonCode reason) {
		assertThat(RefusalReasons.of(reason.message())).isEqualTo(RefusalReasons.of(reason.code()))
			.isNotEqualTo(Meaning.UNKNOWN);
		assertThat(RefusalReasons.of(reason.code()) == Meaning.TAKEN)
			.isEqualTo(reason.charged() != ReasonCode.Charged.NO || reason == ReasonCode.NONCE_ALREADY_USED);
	}

	@Test
	void whenThereAreSeveralReasonsThenOneThatSaysTakenGoesFirst() {
		assertThat(RefusalReasons.of(Map.of("error", "payment_expired", "detail", "nonce used")))
			.isEqualTo(Meaning.TAKEN);
		assertThat(RefusalReasons.of(Map.of("error", Map.of("text", List.of("nonce used"))))).isEqualTo(Meaning.TAKEN);
		assertThat(RefusalReasons.of(Map.of("error", "unheard_of", "message", "It expired.")))
			.isEqualTo(Meaning.EXPIRED);
		assertThat(RefusalReasons.of(Map.of("description", "used cars", "code", 402))).isEqualTo(Meaning.UNKNOWN);
	}

}
