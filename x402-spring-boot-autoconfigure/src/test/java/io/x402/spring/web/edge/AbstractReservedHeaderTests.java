/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;
import java.net.http.HttpResponse;

import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Only this server speaks for its payments, not what a handler or its upstream sets.
 */
abstract class AbstractReservedHeaderTests {

	@LocalServerPort
	private int port;

	@ParameterizedTest
	@ValueSource(strings = { "PAYMENT-RESPONSE", "payment-response", "X-PAYMENT-RESPONSE", "PAYMENT-REQUIRED",
			"Settlement-Overrides" })
	void whenHandlerSetsHeaderOfPaymentsThenIsDropped(String name) throws IOException, InterruptedException {
		Http http = new Http(this.port);
		String path = "/cached?header=forged&name=" + name;
		PaymentRequirements offer = Buyer.offers(http.get(path).headers()).get(0);
		HttpResponse<String> answer = http.get(path, "PAYMENT-SIGNATURE", new Buyer().pay(offer));
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.headers().allValues(name)).doesNotContain("forged");
		assertThat(answer.headers().allValues("PAYMENT-RESPONSE")).hasSize(1);
	}

}
