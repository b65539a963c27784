/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * What garbage leaves of a slow facilitator to plain accounts on WebFlux.
 */
@SpringBootTest(classes = AbstractVerificationShareTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.NETTY, Container.NO_REACTIVE_SECURITY, Container.PAY_TO,
				AbstractVerificationShareTests.CONFIGURED })
class WebFluxVerificationShareTests extends AbstractVerificationShareTests {

}
