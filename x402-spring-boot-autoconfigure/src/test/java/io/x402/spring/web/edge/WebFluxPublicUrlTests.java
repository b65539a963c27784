/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import org.junit.jupiter.api.Nested;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Which URL offers name on WebFlux.
 */
class WebFluxPublicUrlTests {

	@Nested
	@WebFluxEdgeTest
	class OfBaseUrl extends AbstractPublicUrlTests.WithBaseUrl {

	}

	@Nested
	@SpringBootTest(classes = WebFluxEdgeShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { Container.NETTY, Container.NO_REACTIVE_SECURITY, Container.PAY_TO,
					"server.forward-headers-strategy=framework" })
	class OfProxy extends AbstractPublicUrlTests.BehindProxy {

		OfProxy() {
			super("");
		}

	}

}
