/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * {@link EnvironmentPostProcessor} that raises the header limits of embedded web servers.
 * Their default of 8 KB is too small for offers on several networks and for the payments
 * that repeat them. Has the lowest precedence.
 */
final class HeaderSizeEnvironmentPostProcessor implements EnvironmentPostProcessor {

	private static final String LIMIT = "32KB";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (environment.getProperty("x402.enabled", Boolean.class, true)) {
			environment.getPropertySources()
				.addLast(new MapPropertySource("x402HeaderSizes",
						Map.of("server.max-http-request-header-size", LIMIT,
								"server.tomcat.max-http-response-header-size", LIMIT,
								"server.jetty.max-http-response-header-size", LIMIT)));
		}
	}

}
