/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;

import io.x402.spring.web.servlet.UnforgeableRequestMatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.web.SecurityFilterChain;

import static io.x402.spring.web.servlet.X402Configurer.x402;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.config.Customizer.withDefaults;

/**
 * {@code http.with(x402(), withDefaults())} of Spring MVC.
 */
@SpringBootTest(classes = CsrfTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.PAY_TO, "x402.mpp.enabled=true",
				"x402.mpp.secret=0123456789abcdef0123456789abcdef" })
class CsrfTests extends AbstractCsrfTests {

	@Test
	void whenApplicationHasExemptionsOfItsOwnThenTheyStay() throws IOException, InterruptedException {
		assertThat(post("/hook", "Cookie", "JSESSIONID=1").statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Authorization", "Payment-Authorization" })
	void whenNoOtherFramingIsTakenThenItsCredentialIsNoPayment(String header) {
		MockHttpServletRequest request = new MockHttpServletRequest("POST", "/free");
		assertThat(new UnforgeableRequestMatcher().matches(request)).isTrue();
		request.addHeader("Cookie", "SESSION=1");
		request.addHeader(header, "Payment e30");
		assertThat(new UnforgeableRequestMatcher().matches(request)).isFalse();
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Goods.class)
	static class Shop {

		@Bean
		@Order(1)
		SecurityFilterChain open(HttpSecurity http) {
			return http.securityMatcher("/open")
				.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.with(x402(), withDefaults())
				.csrf(CsrfConfigurer::disable)
				.build();
		}

		@Bean
		@Order(2)
		SecurityFilterChain security(HttpSecurity http) {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.with(x402(), withDefaults())
				.csrf((csrf) -> csrf.ignoringRequestMatchers("/hook"))
				.build();
		}

	}

}
