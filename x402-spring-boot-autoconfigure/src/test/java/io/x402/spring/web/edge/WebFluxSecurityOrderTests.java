/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Payments beside Spring Security on WebFlux.
 */
@SpringBootTest(classes = WebFluxSecuredShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.NETTY, Container.PAY_TO, "x402.screening.reload-interval=0s" })
class WebFluxSecurityOrderTests extends AbstractSecurityOrderTests {

	WebFluxSecurityOrderTests() {
		super(409);
	}

}
