/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.util.List;
import java.util.stream.Stream;

import io.x402.spring.web.edge.Container;

/**
 * The console over HTTP, on WebFlux.
 */
class WebFluxConsoleHttpTests extends AbstractConsoleHttpTests {

	@Override
	List<String> stack() {
		return Stream.concat(Container.NETTY.lines(), Stream.of("spring.autoconfigure.exclude[2]="
				+ "org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatReactiveManagementContextAutoConfiguration",
				"spring.autoconfigure.exclude[3]="
						+ "org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyReactiveManagementContextAutoConfiguration"))
			.map((line) -> "--" + line)
			.toList();
	}

}
