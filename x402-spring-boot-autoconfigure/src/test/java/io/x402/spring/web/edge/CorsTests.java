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
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/**
 * Browser buyers may send payments and read offers and receipts wherever the application
 * lets their origin in, in whichever way it does that, and nowhere else.
 */
class CorsTests {

	@Nested
	@EdgeTest
	class OfSpringMvc extends AbstractCorsTests {

	}

	@Nested
	@SpringBootTest(classes = FilteredShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { Container.TOMCAT, Container.NO_SECURITY, Container.PAY_TO })
	class OfFilter extends AbstractFilteredCorsTests {

	}

	@Nested
	@SpringBootTest(classes = SecuredShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { Container.TOMCAT, Container.PAY_TO })
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

	static class FilteredShop extends EdgeShop {

		@Bean
		CorsFilter corsFilter() {
			return new CorsFilter(onlyTheShop());
		}

	}

	static class SecuredShop extends EdgeShop {

		@Bean
		CorsConfigurationSource corsConfigurationSource() {
			return onlyTheShop();
		}

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.cors(Customizer.withDefaults())
				.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.build();
		}

	}

}
