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
 * {@link EnvironmentPostProcessor} that silences loggers of headers, which contain
 * payments and tokens of passes, even if their parents are set to {@code DEBUG} or
 * {@code TRACE}. Has the lowest precedence, so that these loggers can still be set by
 * name.
 */
final class HeaderLoggingEnvironmentPostProcessor implements EnvironmentPostProcessor {

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (environment.getProperty("x402.enabled", Boolean.class, true)) {
			environment.getPropertySources()
				.addLast(new MapPropertySource("x402HeaderLoggers",
						Map.of("logging.level.org.apache.coyote.http11.Http11InputBuffer", "info",
								"logging.level.org.apache.coyote.http11.Http11Processor", "warn",
								"logging.level.org.apache.coyote.http2.HpackDecoder", "info",
								"logging.level.org.apache.coyote.http2.HpackEncoder", "info",
								"logging.level.org.apache.coyote.http2.Stream", "info",
								"logging.level.org.apache.tomcat.util.http.Rfc6265CookieProcessor", "info",
								"logging.level.org.eclipse.jetty.http.HttpParser", "info",
								"logging.level.org.eclipse.jetty.server.handler.EventsHandler", "info")));
		}
	}

}
