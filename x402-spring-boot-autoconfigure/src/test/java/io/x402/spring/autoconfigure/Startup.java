/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure;

import java.util.List;
import java.util.Objects;

import io.x402.spring.autoconfigure.facilitator.X402FacilitatorAutoConfiguration;
import io.x402.spring.autoconfigure.onchain.X402TransferAutoConfiguration;
import io.x402.spring.autoconfigure.payment.X402PaymentAutoConfiguration;
import io.x402.spring.autoconfigure.store.X402StoreAutoConfiguration;
import io.x402.spring.autoconfigure.web.X402MppAutoConfiguration;
import io.x402.spring.autoconfigure.web.X402SignInAutoConfiguration;
import io.x402.spring.autoconfigure.web.servlet.X402WebMvcAutoConfiguration;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.annotation.UserConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.assertj.AssertableReactiveWebApplicationContext;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Starts web applications with the starter, and tells why one did not start as its
 * developer reads it.
 */
public final class Startup {

	public static final String PAY_TO = "x402.pay-to=0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private Startup() {
	}

	/**
	 * Start a web application.
	 */
	public static WebApplicationContextRunner with(Class<?>... configurations) {
		return new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(X402StoreAutoConfiguration.class, X402AutoConfiguration.class,
					X402PaymentAutoConfiguration.class, X402FacilitatorAutoConfiguration.class,
					X402MppAutoConfiguration.class, X402WebMvcAutoConfiguration.class,
					X402SignInAutoConfiguration.class, X402TransferAutoConfiguration.class,
					WebMvcAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
					HttpMessageConvertersAutoConfiguration.class, JacksonAutoConfiguration.class,
					PropertyPlaceholderAutoConfiguration.class, SslAutoConfiguration.class))
			.withConfiguration(UserConfigurations.of(configurations));
	}

	/**
	 * Start the engine alone, which takes less time.
	 */
	public static ApplicationContextRunner engine() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(X402StoreAutoConfiguration.class, X402AutoConfiguration.class,
					X402PaymentAutoConfiguration.class, X402FacilitatorAutoConfiguration.class));
	}

	/**
	 * Return what Spring Boot prints when the application does not start.
	 */
	public static FailureAnalysis failure(AssertableApplicationContext context) {
		assertThat(context).hasFailed();
		return failure(context.getStartupFailure());
	}

	/**
	 * Return what Spring Boot prints when the application does not start.
	 */
	public static FailureAnalysis failure(AssertableWebApplicationContext context) {
		assertThat(context).hasFailed();
		return failure(context.getStartupFailure());
	}

	/**
	 * Return what Spring Boot prints when the application does not start.
	 */
	public static FailureAnalysis failure(AssertableReactiveWebApplicationContext context) {
		assertThat(context).hasFailed();
		return failure(context.getStartupFailure());
	}

	private static FailureAnalysis failure(Throwable startupFailure) {
		ArgumentResolver arguments = ArgumentResolver.of(BeanFactory.class, new DefaultListableBeanFactory())
			.and(Environment.class, new StandardEnvironment());
		List<FailureAnalyzer> analyzers = SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, arguments, (type, name, failure) -> {
			});
		FailureAnalysis analysis = analyzers.stream()
			.map((analyzer) -> analyzer.analyze(startupFailure))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
		assertThat(analysis).as("analysis of " + startupFailure).isNotNull();
		return analysis;
	}

}
