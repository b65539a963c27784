/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Guesses of tokens are limited like requests without a payment on WebFlux.
 */
@SpringBootTest(classes = WebFluxPassShop.class, webEnvironment = WebEnvironment.RANDOM_PORT, properties = {
		Container.NETTY, Container.NO_REACTIVE_SECURITY, Container.PAY_TO, "x402.rate-limits.unpaid-per-client=5" })
class WebFluxPassRateLimitTests extends AbstractPassRateLimitTests {

}
