/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.pass;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.x402.spring.Pass;
import io.x402.spring.PaymentRequired;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

/**
 * An application on WebFlux that sells passes.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({ PassShop.Goods.class, WebFluxPassShop.Reports.class })
class WebFluxPassShop {

	/**
	 * Takes the user of a request from a header, as if there had been a login.
	 */
	@Bean
	@Order(-100)
	WebFilter login() {
		return (exchange, chain) -> {
			String user = exchange.getRequest().getHeaders().getFirst("X-Test-User");
			Principal principal = () -> user;
			return chain.filter((user != null) ? exchange.mutate().principal(Mono.just(principal)).build() : exchange);
		};
	}

	@RestController
	static class Reports {

		private final ObjectProvider<DispatcherHandler> dispatcher;

		private final Set<String> left = ConcurrentHashMap.newKeySet();

		Reports(ObjectProvider<DispatcherHandler> dispatcher) {
			this.dispatcher = dispatcher;
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/sent")
		Mono<Void> sent(ServerHttpResponse response) {
			response.setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
			return response.setComplete();
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/async")
		Mono<String> async(@RequestParam(defaultValue = "false") boolean fails) {
			return Mono.delay(Duration.ofMillis(1)).map((tick) -> {
				if (fails) {
					throw new IllegalStateException("Out of order");
				}
				return "goods";
			});
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/forward")
		Mono<Void> forward(@RequestParam(defaultValue = "/cheaper") String to, ServerWebExchange exchange) {
			return this.dispatcher.getObject().handle(exchange.mutate().request((request) -> request.path(to)).build());
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/broken-off")
		Mono<Void> brokenOff(ServerHttpResponse response) {
			Mono<DataBuffer> beginning = Mono
				.fromSupplier(() -> response.bufferFactory().wrap("beginning".getBytes(StandardCharsets.UTF_8)));
			return response.writeAndFlushWith(
					Flux.concat(Mono.just(beginning), Mono.error(new IllegalStateException("Out of order"))));
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/broken-later")
		Mono<String> brokenLater() {
			return Mono.error(new IOException("Broken pipe"));
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/late")
		Mono<Void> late(ServerHttpResponse response) {
			response.beforeCommit(() -> Mono.fromRunnable(() -> {
				response.getHeaders().set("X402-Pass-Remaining", "1000");
				response.getHeaders().set("X402-Pass", "forged");
				response.getHeaders().setCacheControl("public");
			}));
			return response.writeWith(
					Mono.fromSupplier(() -> response.bufferFactory().wrap("goods".getBytes(StandardCharsets.UTF_8))));
		}

		@PaymentRequired(price = "$0.10", pass = @Pass(uses = 3, duration = "1h", scope = "reports"))
		@GetMapping("/never")
		Mono<String> never(@RequestHeader("X402-Pass") String token) {
			return Mono.<String>never().doOnCancel(() -> this.left.add(token));
		}

		/**
		 * Return the tokens of clients that have left.
		 */
		Set<String> left() {
			return this.left;
		}

	}

}
