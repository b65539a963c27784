/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Payers who are refused on Spring MVC.
 */
@SpringBootTest(classes = SecuredShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.PAY_TO, "x402.screening.reload-interval=0s" })
class PayerRefusalTests extends AbstractPayerRefusalTests {

}
