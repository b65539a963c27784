/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import java.net.http.HttpResponse;

import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The Machine Payments Protocol where it is not enabled.
 */
@SpringBootTest(classes = AbstractMachineClientTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO })
class MachinePaymentDisabledTests extends AbstractMachineClientTests {

	@Test
	void thenNothingIsDifferent() throws Exception {
		HttpResponse<String> unpaid = get("/goods", "Authorization", "Payment e30", "Accept-Payment", "evm/charge");
		assertThat(unpaid.statusCode()).isEqualTo(402);
		assertThat(unpaid.headers().firstValue("WWW-Authenticate")).isEmpty();
		assertThat(unpaid.headers().firstValue("Content-Type")).contains("application/json");
		assertThat(MachineBuyer.object(unpaid.body())).containsEntry("code", "payment_required");
	}

}
