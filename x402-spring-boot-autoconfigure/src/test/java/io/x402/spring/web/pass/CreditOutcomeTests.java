/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * A paid top-up is never lost and never granted twice, and no call is served that was not
 * paid, whatever fails on Spring MVC.
 */
@SpringBootTest(classes = { CreditShop.class, AbstractPassOutcomeTests.Faults.class },
		webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO, "x402.passes.cookie=true",
				"x402.reconciliation.interval=50ms", "x402.settlement.max-repeat-wait=0s" })
class CreditOutcomeTests extends AbstractCreditOutcomeTests {

}
