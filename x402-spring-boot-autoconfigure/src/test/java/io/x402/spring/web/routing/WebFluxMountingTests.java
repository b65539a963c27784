/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Mounted below the base path of WebFlux.
 */
@SpringBootTest(classes = AbstractMountingTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.NETTY, Container.NO_REACTIVE_SECURITY, Container.PAY_TO, AbstractMountingTests.ROUTES,
				"spring.webflux.base-path=/shop/api" })
class WebFluxMountingTests extends AbstractMountingTests {

}
