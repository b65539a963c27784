/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.time.Duration;

import io.x402.spring.PaymentRequired;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.server.ServerWebExchange;

/**
 * An application on WebFlux that takes balances.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({ CreditShop.Goods.class, WebFluxCreditShop.Calls.class })
class WebFluxCreditShop {

	@RestController
	static class Calls {

		private final ObjectProvider<DispatcherHandler> dispatcher;

		Calls(ObjectProvider<DispatcherHandler> dispatcher) {
			this.dispatcher = dispatcher;
		}

		@PaymentRequired(price = "$0.03", topUp = "$0.10")
		@GetMapping("/async")
		Mono<String> async(@RequestParam(defaultValue = "false") boolean fails) {
			return Mono.delay(Duration.ofMillis(1)).map((tick) -> {
				if (fails) {
					throw new IllegalStateException("Out of order");
				}
				return "goods";
			});
		}

		@PaymentRequired(price = "#{#request.request.queryParams.getFirst('price')}", topUp = "$0.10")
		@GetMapping("/dynamic")
		String dynamic() {
			return "goods";
		}

		@PaymentRequired(price = "$0.002", topUp = "$0.10")
		@PaymentRequired(price = "#{#request.request.queryParams.getFirst('price')}", topUp = "none")
		@GetMapping("/tiers")
		String tiers() {
			return "goods";
		}

		@PaymentRequired(price = "$0.002", topUp = "$0.10")
		@GetMapping("/to-cheap")
		Mono<Void> toCheap(ServerWebExchange exchange) {
			return forward("/credit", exchange);
		}

		@PaymentRequired(price = "$0.002", topUp = "$0.10")
		@GetMapping("/to-dear")
		Mono<Void> toDear(ServerWebExchange exchange) {
			return forward("/dear", exchange);
		}

		private Mono<Void> forward(String path, ServerWebExchange exchange) {
			return this.dispatcher.getObject()
				.handle(exchange.mutate().request((request) -> request.path(path)).build());
		}

	}

}
