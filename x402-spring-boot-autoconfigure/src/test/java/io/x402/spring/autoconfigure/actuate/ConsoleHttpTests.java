/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.util.List;

import io.x402.spring.web.edge.Container;

/**
 * The console over HTTP, on Spring MVC.
 */
class ConsoleHttpTests extends AbstractConsoleHttpTests {

	@Override
	List<String> stack() {
		return List.of("--" + Container.TOMCAT, "--spring.autoconfigure.exclude[1]="
				+ "org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyServletManagementContextAutoConfiguration");
	}

}
