/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.util.List;

import org.junit.jupiter.api.Nested;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;

/**
 * Browser buyers on WebFlux may send payments and read offers and receipts wherever the
 * application lets their origin in, in whichever way it does that, and nowhere else.
 */
class WebFluxCorsTests {

	@Nested
	@WebFluxEdgeTest
	class OfWebFlux extends AbstractCorsTests {

	}

	@Nested
	@SpringBootTest(classes = FilteredShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { Container.NETTY, Container.NO_REACTIVE_SECURITY, Container.PAY_TO })
	class OfFilter extends AbstractFilteredCorsTests {

	}

	@Nested
	@SpringBootTest(classes = SecuredShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { Container.NETTY, Container.PAY_TO })
	class OfSecurity extends AbstractFilteredCorsTests {

	}

	private static CorsConfigurationSource onlyTheShop() {
		CorsConfiguration configuration = new CorsConfiguration();
		configuration.setAllowedOrigins(List.of("https://shop.example"));
		configuration.setAllowedMethods(List.of("GET"));
		UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
		source.registerCorsConfiguration("/**", configuration);
		return source;
	}

	static class FilteredShop extends WebFluxEdgeShop {

		@Bean
		CorsWebFilter corsFilter() {
			return new CorsWebFilter(onlyTheShop());
		}

	}

	static class SecuredShop extends WebFluxEdgeShop {

		@Bean
		CorsConfigurationSource corsConfigurationSource() {
			return onlyTheShop();
		}

		@Bean
		SecurityWebFilterChain security(ServerHttpSecurity http) {
			return http.cors(Customizer.withDefaults())
				.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll())
				.build();
		}

	}

}
