/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Free calls that are counted in a database by a header, which may fail on WebFlux.
 */
@SpringBootTest(classes = WebFluxQuotaShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.NETTY, Container.NO_REACTIVE_SECURITY, Container.PAY_TO, "x402.store.type=jdbc",
				"x402.free-quota.key=header:X-API-Key", "spring.datasource.url=jdbc:h2:mem:reactive-quotas" })
class WebFluxSharedQuotaTests extends AbstractSharedQuotaTests {

}
