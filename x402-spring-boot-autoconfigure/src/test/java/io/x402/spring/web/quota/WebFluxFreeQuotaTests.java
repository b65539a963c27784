/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Free calls behind a proxy that the container trusts. Each test is another client on
 * WebFlux.
 */
@SpringBootTest(classes = WebFluxQuotaShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.NETTY, Container.NO_REACTIVE_SECURITY, Container.PAY_TO,
				"server.forward-headers-strategy=native", "x402.routes[0].path=/routed", "x402.routes[0].price=$0.01",
				"x402.routes[0].free-quota=2 per 1h", "x402.free-quota.limit=4 per 1m" })
class WebFluxFreeQuotaTests extends AbstractFreeQuotaTests {

}
