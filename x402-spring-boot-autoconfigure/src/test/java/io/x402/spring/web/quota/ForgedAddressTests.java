/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Free calls in an application whose own filter believes forwarded addresses on Spring
 * MVC.
 */
@SpringBootTest(classes = QuotaShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO,
				"server.forward-headers-strategy=framework", "x402.validation.max-invalid-per-client=3" })
class ForgedAddressTests extends AbstractForgedAddressTests {

}
