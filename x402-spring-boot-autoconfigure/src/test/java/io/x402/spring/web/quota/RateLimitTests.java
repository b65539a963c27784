/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Limits over HTTP, behind a proxy that the container trusts. Each test is another client
 * on Spring MVC.
 */
@SpringBootTest(classes = QuotaShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO,
				"server.forward-headers-strategy=native", "x402.rate-limits.unpaid-per-client=4",
				"x402.rate-limits.invalid-per-client=3", "x402.rate-limits.verifications-per-client=5" })
class RateLimitTests extends AbstractRateLimitTests {

	@Test
	void whenAClientProbesTooOftenWithAnotherMethodThenItMustWait() throws IOException, InterruptedException {
		HttpRequest probe = HttpRequest.newBuilder(URI.create("http://localhost:" + port() + "/never"))
			.header("X-Forwarded-For", this.client)
			.DELETE()
			.build();
		for (int i = 0; i < 4; i++) {
			assertThat(CLIENT.send(probe, BodyHandlers.ofString()).statusCode()).isEqualTo(402);
		}
		assertThat(CLIENT.send(probe, BodyHandlers.ofString()).statusCode()).isEqualTo(429);
	}

}
