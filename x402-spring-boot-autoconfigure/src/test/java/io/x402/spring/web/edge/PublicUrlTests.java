/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import org.junit.jupiter.api.Nested;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Which URL offers name on Spring MVC.
 */
class PublicUrlTests {

	@Nested
	@EdgeTest
	class OfBaseUrl extends AbstractPublicUrlTests.WithBaseUrl {

	}

	@Nested
	@SpringBootTest(classes = EdgeShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO,
					"server.forward-headers-strategy=framework", "server.servlet.context-path=/shop" })
	class OfProxy extends AbstractPublicUrlTests.BehindProxy {

		OfProxy() {
			super("/shop");
		}

	}

}
