/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableReactiveMethodSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The {@link SecuredShop} on WebFlux.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@EnableReactiveMethodSecurity
@Import({ SecuredShop.Goods.class, SecuredShop.Controllers.class, WebFluxSecuredShop.AdminController.class })
class WebFluxSecuredShop {

	@Bean
	MapReactiveUserDetailsService users() {
		return new MapReactiveUserDetailsService(SecuredShop.user(), SecuredShop.admin());
	}

	@Bean
	SecurityWebFilterChain security(ServerHttpSecurity http) {
		return http
			.authorizeExchange(
					(exchanges) -> exchanges.pathMatchers("/closed/**").authenticated().anyExchange().permitAll())
			.httpBasic(Customizer.withDefaults())
			.build();
	}

	@RestController
	static class AdminController {

		private final AtomicInteger runs;

		AdminController(AtomicInteger runs) {
			this.runs = runs;
		}

		@PaymentRequired(price = "0.01")
		@PreAuthorize("hasRole('ADMIN')")
		@GetMapping("/open/admin")
		public Mono<String> admin() {
			return Mono.fromSupplier(() -> "goods" + this.runs.incrementAndGet());
		}

	}

}
