/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import io.x402.spring.web.edge.Container;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;

/**
 * The Machine Payments Protocol on WebFlux.
 */
@SpringBootTest(classes = { AbstractMachineClientTests.Shop.class, WebFluxMachinePaymentTests.OpenToAll.class },
		webEnvironment = WebEnvironment.RANDOM_PORT, properties = { "spring.main.web-application-type=reactive", """
				spring.autoconfigure.exclude=\
				org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration,\
				org.springframework.boot.jetty.autoconfigure.reactive.JettyReactiveWebServerAutoConfiguration
				""", Container.PAY_TO, "x402.mpp.enabled=true", AbstractMachinePaymentTests.SECRET })
class WebFluxMachinePaymentTests extends AbstractMachinePaymentTests {

	@Configuration(proxyBeanMethods = false)
	static class OpenToAll {

		@Bean
		SecurityWebFilterChain security(ServerHttpSecurity http) {
			return http.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll())
				.csrf(ServerHttpSecurity.CsrfSpec::disable)
				.build();
		}

	}

}
