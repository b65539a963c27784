/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Limits over HTTP, behind a proxy that the container trusts. Each test is another client
 * on WebFlux.
 */
@SpringBootTest(classes = WebFluxQuotaShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.NETTY, Container.NO_REACTIVE_SECURITY, Container.PAY_TO,
				"server.forward-headers-strategy=native", "x402.rate-limits.unpaid-per-client=4",
				"x402.rate-limits.invalid-per-client=3", "x402.rate-limits.verifications-per-client=5" })
class WebFluxRateLimitTests extends AbstractRateLimitTests {

}
