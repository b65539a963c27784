/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import org.junit.jupiter.api.Nested;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Sizes of payments and offers on Reactor Netty.
 */
class WebFluxHeaderSizeTests {

	@Nested
	@SpringBootTest(classes = AbstractHeaderSizeTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { Container.NETTY, Container.NO_REACTIVE_SECURITY, AbstractHeaderSizeTests.LARGE_BUDGET })
	class OnNetty extends AbstractHeaderSizeTests.LargeBudget {

	}

	@Nested
	@SpringBootTest(classes = AbstractHeaderSizeTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { Container.NETTY, Container.NO_REACTIVE_SECURITY, AbstractHeaderSizeTests.SMALL_BUDGET })
	class WithDefaultBudget extends AbstractHeaderSizeTests.SmallBudget {

	}

}
