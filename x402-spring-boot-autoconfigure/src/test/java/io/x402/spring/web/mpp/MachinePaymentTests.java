/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * The Machine Payments Protocol on Spring MVC.
 */
@SpringBootTest(classes = AbstractMachineClientTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO, "x402.mpp.enabled=true",
				AbstractMachinePaymentTests.SECRET })
class MachinePaymentTests extends AbstractMachinePaymentTests {

}
