/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.pricing;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Prices need no servlet and no Spring MVC.
 */
class TransportFreePricingTests {

	@Test
	void whenThereAreNoServletsThenRequestsArePricedAllTheSame() throws Exception {
		try (URLClassLoader classes = new URLClassLoader(classPathWithoutServlets(),
				ClassLoader.getPlatformClassLoader())) {
			for (String missing : List.of("jakarta.servlet.ServletRequest",
					"org.springframework.web.servlet.HandlerMapping")) {
				assertThatExceptionOfType(ClassNotFoundException.class).isThrownBy(() -> classes.loadClass(missing));
			}
			Callable<?> sale = (Callable<?>) classes.loadClass(PlainSale.class.getName())
				.getDeclaredConstructor()
				.newInstance();
			assertThat(sale.call()).isEqualTo(List.of("50000 for A forecast", "30000 for A file", "20000 for A file",
					"null", "#{#path['city'] == 'Lisbon' ? '$0.05' : '$0.04'} on Base Sepolia",
					"#{#path['size'] == 'large' ? '0.03' : '0.02'} on Base Sepolia"));
		}
	}

	private static URL[] classPathWithoutServlets() throws MalformedURLException {
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		List<URL> urls = new ArrayList<>();
		for (String entry : classPath.split(File.pathSeparator)) {
			File file = new File(entry);
			if (!file.getName().matches(".*(servlet|tomcat|jetty|webmvc).*\\.jar")) {
				urls.add(file.toURI().toURL());
			}
		}
		return urls.toArray(URL[]::new);
	}

}
