/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.sample.lab.servlet;

import io.x402.sample.shop.HandlerRuns;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * A functional endpoint, whose price stands under {@code x402.routes} in
 * {@code application-lab.yml}.
 */
@Configuration(proxyBeanMethods = false)
@Profile("lab")
@ConditionalOnWebApplication(type = Type.SERVLET)
class ServletFunctionalRoute {

	@Bean
	RouterFunction<ServerResponse> labFunctional(HandlerRuns runs) {
		return RouterFunctions.route()
			.GET("/lab/functional", (request) -> ServerResponse.ok().body(runs.served("GET /lab/functional")))
			.build();
	}

}
