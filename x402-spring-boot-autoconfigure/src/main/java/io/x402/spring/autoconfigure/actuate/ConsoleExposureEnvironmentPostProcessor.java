/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.actuate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * {@link EnvironmentPostProcessor} that exposes the console over HTTP where it is
 * enabled, beside the endpoints that are exposed anyway. An exclusion still wins.
 */
final class ConsoleExposureEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	private static final String INCLUDE = "management.endpoints.web.exposure.include";

	private static final String CONSOLE = "x402console";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (!environment.getProperty("x402.console.enabled", Boolean.class, false)) {
			return;
		}
		List<String> exposed = new ArrayList<>(
				Binder.get(environment).bind(INCLUDE, Bindable.listOf(String.class)).orElse(List.of("health")));
		if (!exposed.contains("*") && !exposed.contains(CONSOLE)) {
			exposed.add(CONSOLE);
			environment.getPropertySources()
				.addFirst(new MapPropertySource("x402Console", Map.of(INCLUDE, String.join(",", exposed))));
		}
	}

	/**
	 * After the files of the application were read.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
