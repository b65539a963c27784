/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test.autoconfigure;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.util.ClassUtils;

/**
 * Gives tests that are paid in memory an address to pay to and a public URL, if the
 * application has none.
 */
class X402ContextCustomizerFactory implements ContextCustomizerFactory {

	private static final List<String> SLICES = List.of(
			"org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureWebMvc",
			"org.springframework.boot.webflux.test.autoconfigure.AutoConfigureWebFlux");

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		boolean paid = TestContextAnnotationUtils.hasAnnotation(testClass, AutoConfigureX402.class)
				|| SLICES.stream().anyMatch((slice) -> isOf(slice, testClass));
		return paid ? new Defaults() : null;
	}

	@SuppressWarnings("unchecked")
	private static boolean isOf(String slice, Class<?> testClass) {
		ClassLoader classLoader = testClass.getClassLoader();
		return ClassUtils.isPresent(slice, classLoader) && TestContextAnnotationUtils.hasAnnotation(testClass,
				(Class<? extends java.lang.annotation.Annotation>) ClassUtils.resolveClassName(slice, classLoader));
	}

	private record Defaults() implements ContextCustomizer {

		/**
		 * The address of the examples of the protocol; the URL is asked for by offers for
		 * real money.
		 */
		private static final Map<String, Object> PROPERTIES = Map.of("x402.pay-to",
				"0x209693Bc6afc0C5328bA36FaF03C514EF312287C", "x402.base-url", "https://shop.example");

		@Override
		public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
			context.getEnvironment()
				.getPropertySources()
				.addLast(new MapPropertySource("x402 test defaults", PROPERTIES));
		}

	}

}
