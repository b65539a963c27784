/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.server;

import io.x402.spring.autoconfigure.Startup;
import io.x402.spring.server.FacilitatorCallerResolver;
import io.x402.spring.server.FacilitatorServer;
import io.x402.spring.server.FacilitatorServerController;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.servlet.DispatcherServlet;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class X402FacilitatorServerAutoConfigurationTests {

	private final WebApplicationContextRunner runner = Startup.with()
		.withConfiguration(AutoConfigurations.of(X402FacilitatorServerAutoConfiguration.class))
		.withPropertyValues("x402.facilitator.type=simulated", Startup.PAY_TO);

	private final WebApplicationContextRunner enabled = this.runner
		.withPropertyValues("x402.facilitator.server.enabled=true", "x402.facilitator.server.tokens=token");

	@Test
	void whenNothingIsConfiguredThenThereIsNoServer() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(FacilitatorServer.class));
	}

	@Test
	void whenEnabledThenThereIsOneThatAuthenticatesCallers(CapturedOutput output) {
		this.enabled.run((context) -> assertThat(context).hasSingleBean(FacilitatorServer.class)
			.hasSingleBean(FacilitatorServerController.class)
			.hasSingleBean(FacilitatorCallerResolver.class));
		assertThat(output).doesNotContain("not authenticated");
	}

	@Test
	void whenThereAreNoTokensThenWarns(CapturedOutput output) {
		this.enabled.withPropertyValues("x402.facilitator.server.tokens=")
			.run((context) -> assertThat(context).hasSingleBean(FacilitatorServer.class));
		assertThat(output).contains("not authenticated", "x402.facilitator.server.tokens");
	}

	@Test
	void whenCallerResolverIsDeclaredThenItReplacesTokens(CapturedOutput output) {
		FacilitatorCallerResolver own = (request) -> null;
		this.enabled.withPropertyValues("x402.facilitator.server.tokens=")
			.withBean(FacilitatorCallerResolver.class, () -> own)
			.run((context) -> assertThat(context).getBean(FacilitatorCallerResolver.class).isSameAs(own));
		assertThat(output).doesNotContain("not authenticated");
	}

	@Test
	void whenNoRecipientIsKnownThenDoesNotStart() {
		this.enabled.withPropertyValues("x402.pay-to=")
			.run((context) -> assertThat(Startup.failure(context).getDescription())
				.contains("x402.facilitator.server.pay-to"));
	}

	@Test
	void whenPathIsRelativeThenDoesNotStart() {
		this.enabled.withPropertyValues("x402.facilitator.server.path=facilitator")
			.run((context) -> assertThat(Startup.failure(context).getDescription())
				.contains("x402.facilitator.server.path", "must start with a slash"));
	}

	@Test
	void whenPaymentsAreDisabledThenThereIsNoServer() {
		this.enabled.withPropertyValues("x402.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(FacilitatorServer.class));
	}

	@Test
	void whenSpringMvcIsAbsentThenThereIsNoServer() {
		this.enabled.withClassLoader(new FilteredClassLoader(DispatcherServlet.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(FacilitatorServer.class));
	}

}
