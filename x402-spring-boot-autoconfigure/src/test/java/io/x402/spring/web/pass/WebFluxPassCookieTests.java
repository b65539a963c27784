/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Browsers that keep passes in cookies on WebFlux.
 */
@SpringBootTest(classes = { WebFluxPassShop.class, AbstractPassCookieTests.Sessions.class },
		webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.NETTY, Container.NO_REACTIVE_SECURITY, Container.PAY_TO, "x402.passes.cookie=true" })
class WebFluxPassCookieTests extends AbstractPassCookieTests {

}
