/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Mounted below the path of the application and that of the servlet of Spring MVC.
 */
@SpringBootTest(classes = AbstractMountingTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO, AbstractMountingTests.ROUTES,
				"server.servlet.context-path=/shop", "spring.mvc.servlet.path=/api" })
class MountingTests extends AbstractMountingTests {

}
