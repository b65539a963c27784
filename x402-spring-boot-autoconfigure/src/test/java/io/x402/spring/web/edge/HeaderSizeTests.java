/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import org.junit.jupiter.api.Nested;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Sizes of payments and offers on Spring MVC.
 */
class HeaderSizeTests {

	@Nested
	@SpringBootTest(classes = AbstractHeaderSizeTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { Container.TOMCAT, Container.NO_SECURITY, AbstractHeaderSizeTests.LARGE_BUDGET })
	class OnTomcat extends AbstractHeaderSizeTests.LargeBudget {

	}

	@Nested
	@SpringBootTest(classes = AbstractHeaderSizeTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { Container.JETTY, Container.NO_SECURITY, AbstractHeaderSizeTests.LARGE_BUDGET })
	class OnJetty extends AbstractHeaderSizeTests.LargeBudget {

	}

	@Nested
	@SpringBootTest(classes = AbstractHeaderSizeTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { Container.TOMCAT, Container.NO_SECURITY, AbstractHeaderSizeTests.SMALL_BUDGET })
	class WithDefaultBudget extends AbstractHeaderSizeTests.SmallBudget {

	}

}
