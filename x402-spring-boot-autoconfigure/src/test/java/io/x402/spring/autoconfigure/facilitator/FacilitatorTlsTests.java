/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.facilitator;

import java.nio.file.Path;

import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.autoconfigure.TlsServer;
import io.x402.spring.facilitator.Facilitator;
import io.x402.spring.facilitator.FacilitatorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A facilitator with a certificate of its own is trusted by SSL bundle only.
 */
class FacilitatorTlsTests {

	@TempDir
	private Path folder;

	private TlsServer server;

	private ApplicationContextRunner runner;

	@BeforeEach
	void start() throws Exception {
		this.server = new TlsServer(this.folder, "{\"kinds\":[]}");
		this.runner = Startup.engine()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
			.withPropertyValues("x402.facilitator.retry.max-retries=0", "x402.facilitator.supported.timeout=60s",
					"x402.facilitator.connect-timeout=60s")
			.withPropertyValues(this.server.bundle());
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void whenBundleTrustsTheCertificateThenFacilitatorIsCalled() {
		this.runner.withPropertyValues("x402.facilitator.url=" + this.server.uri(), "x402.facilitator.ssl-bundle=mine")
			.run((context) -> {
				assertThat(context.getBean(Facilitator.class).supported().kinds()).isEmpty();
				assertThat(this.server.calls()).isEqualTo(1);
			});
	}

	@Test
	void whenBundleIsNotNamedThenNothingIsSent() {
		this.runner.withPropertyValues("x402.facilitator.url=" + this.server.uri()).run((context) -> {
			assertThatExceptionOfType(FacilitatorException.class)
				.isThrownBy(context.getBean(Facilitator.class)::supported);
			assertThat(this.server.calls()).isZero();
		});
	}

	@Test
	void whenFallbackHasItsOwnBundleThenItIsForThatOneOnly() {
		this.runner
			.withPropertyValues("x402.facilitator.url=" + this.server.uri(),
					"x402.facilitator.fallbacks[0].url=" + this.server.uri(),
					"x402.facilitator.fallbacks[0].ssl-bundle=mine")
			.run((context) -> {
				assertThat(context.getBean(Facilitator.class).supported().kinds()).isEmpty();
				assertThat(this.server.calls()).isEqualTo(1);
			});
	}

}
