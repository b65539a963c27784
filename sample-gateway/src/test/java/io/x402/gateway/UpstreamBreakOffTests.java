/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.gateway;

import io.x402.spring.test.ClientPayment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a buyer gets whose response breaks off after it was paid for.
 */
@TestPropertySource(properties = "x402.redelivery.max-reruns=1")
class UpstreamBreakOffTests extends AbstractGatewayTests {

	@ParameterizedTest
	@ValueSource(strings = { "GET", "POST" })
	void whenPaymentIsRepeatedThenUpstreamIsAskedAgainAndNothingMoreIsCharged(String method) {
		ClientPayment payment = ClientPayment.payment().signedOnce();
		HttpMethod sent = HttpMethod.valueOf(method);
		assertThat(exchange(payment, sent, "/api/cut-off-at-first", new HttpHeaders(), null).isCutOff()).isTrue();
		assertThat(charges()).isOne();
		Answer answer = exchange(payment, sent, "/api/cut-off-at-first", new HttpHeaders(), null);
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.body()).hasSize(1_000_000);
		assertThat(upstream.received()).hasSize(2);
		assertThat(charges()).isOne();
	}

}
