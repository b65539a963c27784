/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import io.x402.spring.PaymentRequired;
import io.x402.spring.web.edge.Container;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Customers with a key get for free what others pay for on Spring MVC.
 */
@SpringBootTest(classes = FreeForTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.PAY_TO, "x402.free-for=hasAuthority('CUSTOMER')",
				"x402.routes[0].path=/routed", "x402.routes[0].price=$0.01",
				"x402.routes[0].free-for=hasAuthority('PARTNER')" })
class FreeForTests extends AbstractFreeForTests {

	@Test
	void whenPageShowsTheExampleThenItIsTheTestedOne() throws IOException {
		String page = words(Path.of("../docs/free-calls.md"));
		String test = words(Path.of("src/test/java/io/x402/spring/web/quota/FreeForTests.java"));
		String example = "http.addFilterBefore(apiKeys, AuthorizationFilter.class) "
				+ ".authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())";
		assertThat(page).contains(example, "free-for: \"hasAuthority('CUSTOMER')\"");
		assertThat(test).contains("return " + example);
	}

	private static String words(Path path) throws IOException {
		return Files.readString(path).replaceAll("\\s+", " ");
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import({ Goods.class, ServletController.class })
	static class Shop {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			ApiKeys apiKeys = new ApiKeys();
			return http.addFilterBefore(apiKeys, AuthorizationFilter.class)
				.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.build();
		}

	}

	/**
	 * The key is the authority, to keep the tests short.
	 */
	static class ApiKeys extends OncePerRequestFilter {

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws IOException, ServletException {
			String key = request.getHeader("X-API-Key");
			if (key != null) {
				SecurityContextHolder.getContext()
					.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(key, "",
							AuthorityUtils.createAuthorityList(key)));
			}
			chain.doFilter(request, response);
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class ServletController {

		@GetMapping("/async")
		Callable<String> async() {
			return () -> "goods";
		}

	}

}
