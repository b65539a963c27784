/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import io.x402.spring.PaymentRequired;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Paid handlers that take one or any HTTP method.
 */
@Configuration(proxyBeanMethods = false)
class MethodHandlers {

	@Bean
	RouterFunction<ServerResponse> plainFunction(Runs runs) {
		return RouterFunctions.route(RequestPredicates.path("/routes/any/function"),
				(request) -> ServerResponse.ok().body(runs.goods()));
	}

	@Bean
	RouterFunction<ServerResponse> filteredFunction(Runs runs) {
		return RouterFunctions.route()
			.route(RequestPredicates.path("/routes/any/filtered"), (request) -> ServerResponse.ok().body(runs.goods()))
			.filter((request, next) -> next.handle(request))
			.build();
	}

	@Bean("/routes/any/bean")
	HttpRequestHandler anyMethodBean(Runs runs) {
		return (request, response) -> response.getWriter().write(runs.goods());
	}

	@Bean("/methods/routed-bean")
	HttpRequestHandler getBean(Runs runs) {
		return (request, response) -> response.getWriter().write(runs.goods());
	}

	@RestController
	static class Controllers {

		private final Runs runs;

		Controllers(Runs runs) {
			this.runs = runs;
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/methods/get")
		String get() {
			return this.runs.goods();
		}

		@PaymentRequired(price = "$0.01")
		@RequestMapping("/methods/any")
		String any() {
			return this.runs.goods();
		}

		@RequestMapping("/routes/any/controller")
		String routed() {
			return this.runs.goods();
		}

		@RequestMapping("/routes/get")
		String routedGet() {
			return this.runs.goods();
		}

	}

}
