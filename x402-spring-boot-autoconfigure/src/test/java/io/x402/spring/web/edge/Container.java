/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

/**
 * Properties that choose what of the test class path an application runs on.
 */
public final class Container {

	/** Property for an application on Tomcat. */
	public static final String TOMCAT = "spring.autoconfigure.exclude[0]="
			+ "org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration";

	/** Property for an application on Jetty. */
	public static final String JETTY = "spring.autoconfigure.exclude[0]="
			+ "org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration";

	/** Properties for an application without Spring Security. */
	public static final String NO_SECURITY = """
			spring.autoconfigure.exclude[1]=\
			org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration
			spring.autoconfigure.exclude[2]=\
			org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration
			""";

	/** Properties for an application on WebFlux and Reactor Netty. */
	public static final String NETTY = """
			spring.main.web-application-type=reactive
			spring.autoconfigure.exclude[0]=\
			org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration
			spring.autoconfigure.exclude[1]=\
			org.springframework.boot.jetty.autoconfigure.reactive.JettyReactiveWebServerAutoConfiguration
			""";

	/** Properties for an application on WebFlux without Spring Security. */
	public static final String NO_REACTIVE_SECURITY = """
			spring.autoconfigure.exclude[2]=\
			org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration
			spring.autoconfigure.exclude[3]=\
			org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration
			""";

	/** Property with an address that payments go to. */
	public static final String PAY_TO = "x402.pay-to=0x209693Bc6afc0C5328bA36FaF03C514EF312287C";

	private Container() {
	}

}
