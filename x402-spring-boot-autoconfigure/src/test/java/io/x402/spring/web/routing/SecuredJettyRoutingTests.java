/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Dispatches and methods behind Spring Security on Jetty.
 */
@RoutingTest(server = Container.JETTY, shop = SecuredRoutingShop.class)
class SecuredJettyRoutingTests {

	@Test
	void theServerIsTheOneOfTheName(@Autowired ServletWebServerApplicationContext context) {
		assertThat(context.getWebServer().getClass().getSimpleName()).startsWith("Jetty");
	}

	@Nested
	class Dispatches extends AbstractDispatchTests {

	}

	@Nested
	class Methods extends AbstractMethodTests {

	}

}
