/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import org.apache.commons.logging.impl.NoOpLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Servers take headers of the size that payments need, unless the application says
 * otherwise.
 */
class HeaderSizeEnvironmentPostProcessorTests {

	private final MockEnvironment environment = new MockEnvironment();

	@ParameterizedTest
	@ValueSource(strings = { "server.max-http-request-header-size", "server.tomcat.max-http-response-header-size",
			"server.jetty.max-http-response-header-size" })
	void whenLimitIsNotConfiguredThenIsRaised(String property) {
		process();
		assertThat(this.environment.getProperty(property)).isEqualTo("32KB");
	}

	@Test
	void whenLimitIsConfiguredThenIsKept() {
		this.environment.setProperty("server.max-http-request-header-size", "9KB");
		process();
		assertThat(this.environment.getProperty("server.max-http-request-header-size")).isEqualTo("9KB");
	}

	@Test
	void whenDisabledThenNothingIsChanged() {
		this.environment.setProperty("x402.enabled", "false");
		process();
		assertThat(this.environment.getProperty("server.max-http-request-header-size")).isNull();
	}

	@Test
	void isRegistered() {
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation()
			.load(EnvironmentPostProcessor.class, FailureHandler.logging(new NoOpLog())))
			.hasAtLeastOneElementOfType(HeaderSizeEnvironmentPostProcessor.class);
	}

	private void process() {
		new HeaderSizeEnvironmentPostProcessor().postProcessEnvironment(this.environment, new SpringApplication());
	}

}
