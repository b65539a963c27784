/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.util.function.Supplier;

import io.x402.spring.PaymentRequired;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.web.reactive.ServerProtectedRequestPolicy;
import io.x402.spring.web.reactive.ServerProtectedRequestPolicy.Decision;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.config.CorsRegistry;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/**
 * The {@link EdgeShop} on WebFlux.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import({ EdgeShop.Controllers.class, WebFluxEdgeShop.CachedController.class })
class WebFluxEdgeShop {

	@Bean
	FacilitatorDouble facilitator() {
		return new FacilitatorDouble();
	}

	@Bean
	Supplier<String> priceList() {
		return () -> {
			throw new IllegalStateException("No price list");
		};
	}

	@Bean
	ServerProtectedRequestPolicy policy() {
		return (exchange, offers) -> Mono
			.just(exchange.getRequest().getHeaders().containsHeader("X-Refused") ? Decision.REFUSE : Decision.CHARGE);
	}

	@Bean
	WebFluxConfigurer corsOfWebFlux() {
		return new WebFluxConfigurer() {

			@Override
			public void addCorsMappings(CorsRegistry registry) {
				registry.addMapping("/cors/mapped")
					.allowedOrigins("https://shop.example")
					.allowedMethods("GET", "POST")
					.exposedHeaders("X-Own");
			}

		};
	}

	@RestController
	static class CachedController {

		@PaymentRequired(price = "0.01")
		@GetMapping("/cached")
		String cached(@RequestParam String header, @RequestParam(defaultValue = "Cache-Control") String name,
				ServerHttpResponse response) {
			for (String value : header.split("\\|")) {
				response.getHeaders().add(name, value);
			}
			return "goods";
		}

	}

}
