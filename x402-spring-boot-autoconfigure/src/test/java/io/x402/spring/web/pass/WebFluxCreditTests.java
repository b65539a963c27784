/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * What a balance pays for, and what it does not on WebFlux.
 */
@SpringBootTest(classes = WebFluxCreditShop.class, webEnvironment = WebEnvironment.RANDOM_PORT, properties = {
		Container.NETTY, Container.NO_REACTIVE_SECURITY, Container.PAY_TO, "x402.passes.statement=true" })
class WebFluxCreditTests extends AbstractCreditTests {

}
