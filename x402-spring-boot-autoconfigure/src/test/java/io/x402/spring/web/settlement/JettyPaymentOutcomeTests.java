/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

/**
 * Outcomes on Jetty.
 */
class JettyPaymentOutcomeTests extends AbstractPaymentOutcomeTests {

	JettyPaymentOutcomeTests() {
		super(500);
	}

	@Override
	protected Edge open(String... properties) {
		return new ServletEdge(Shop.open(Container.JETTY, PaymentOutcomeTests.ServletConfiguration.class, properties));
	}

}
