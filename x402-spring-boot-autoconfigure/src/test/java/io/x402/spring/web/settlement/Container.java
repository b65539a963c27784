/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import jakarta.servlet.ServletResponse;

/**
 * A servlet container to run a shop in.
 */
enum Container {

	TOMCAT("org.apache.catalina.",
			"org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration"),
	JETTY("org.eclipse.jetty.",
			"org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration");

	private final String prefix;

	private final String excluded;

	Container(String prefix, String excluded) {
		this.prefix = prefix;
		this.excluded = excluded;
	}

	/**
	 * Return the auto-configuration that would start the other container.
	 */
	String excluded() {
		return this.excluded;
	}

	/**
	 * Return whether a response is this container's own.
	 */
	boolean made(ServletResponse response) {
		return response.getClass().getName().startsWith(this.prefix);
	}

}
