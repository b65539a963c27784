/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web;

import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class HeaderLoggingEnvironmentPostProcessorTests {

	private static final String LEVEL = "logging.level.org.apache.coyote.http11.Http11InputBuffer";

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void whenParentIsAtTraceThenLoggerOfHeadersIsNot() {
		this.environment.setProperty("logging.level.root", "trace");
		process();
		assertThat(this.environment.getProperty(LEVEL)).isEqualTo("info");
	}

	@Test
	void whenLevelIsSetByNameThenItIsKept() {
		this.environment.setProperty(LEVEL, "debug");
		process();
		assertThat(this.environment.getProperty(LEVEL)).isEqualTo("debug");
	}

	@Test
	void whenPaymentsAreDisabledThenNoLevelIsSet() {
		this.environment.setProperty("x402.enabled", "false");
		process();
		assertThat(this.environment.getProperty(LEVEL)).isNull();
	}

	private void process() {
		new HeaderLoggingEnvironmentPostProcessor().postProcessEnvironment(this.environment, new SpringApplication());
	}

}
