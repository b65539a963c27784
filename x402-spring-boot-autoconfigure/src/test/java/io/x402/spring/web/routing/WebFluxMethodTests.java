/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.web.edge.Container;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.server.WebHandler;

/**
 * HTTP methods on Reactor Netty.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.NETTY, Container.NO_REACTIVE_SECURITY, Container.PAY_TO,
				"x402.routes[0].path=/routes/any/**", "x402.routes[0].price=$0.01", "x402.routes[1].path=/routes/get",
				"x402.routes[1].method=get", "x402.routes[1].price=$0.01", "x402.routes[2].path=/static-files/**",
				"x402.routes[2].price=$0.01", "x402.routes[3].path=/methods/routed-bean", "x402.routes[3].method=get",
				"x402.routes[3].price=$0.01", "spring.webflux.hiddenmethod.filter.enabled=true",
				"spring.web.resources.static-locations=classpath:/io/x402/spring/web/routing/static/" })
class WebFluxMethodTests extends AbstractMethodTests {

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(MethodHandlers.Controllers.class)
	static class Shop {

		@Bean
		Runs runs() {
			return new Runs();
		}

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

		@Bean
		RouterFunction<ServerResponse> plainFunction(Runs runs) {
			return RouterFunctions.route(RequestPredicates.path("/routes/any/function"),
					(request) -> ServerResponse.ok().bodyValue(runs.goods()));
		}

		@Bean
		RouterFunction<ServerResponse> filteredFunction(Runs runs) {
			return RouterFunctions.route()
				.route(RequestPredicates.path("/routes/any/filtered"),
						(request) -> ServerResponse.ok().bodyValue(runs.goods()))
				.filter((request, next) -> next.handle(request))
				.build();
		}

		@Bean
		HandlerMapping beans(Runs runs) {
			WebHandler handler = (exchange) -> exchange.getResponse()
				.writeWith(Mono.fromSupplier(() -> exchange.getResponse()
					.bufferFactory()
					.wrap(runs.goods().getBytes(StandardCharsets.UTF_8))));
			return new SimpleUrlHandlerMapping(Map.of("/routes/any/bean", handler, "/methods/routed-bean", handler),
					-1);
		}

	}

}
