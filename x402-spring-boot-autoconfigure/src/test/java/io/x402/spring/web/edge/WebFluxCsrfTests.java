/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.security.Principal;

import io.x402.spring.web.reactive.UnforgeableExchangeMatcher;
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
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity.CsrfSpec;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.util.matcher.PathPatternParserServerWebExchangeMatcher;

import static io.x402.spring.web.reactive.X402CsrfCustomizer.x402;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code http.csrf(x402())} of WebFlux.
 */
@SpringBootTest(classes = WebFluxCsrfTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.NETTY, Container.PAY_TO, "x402.mpp.enabled=true",
				"x402.mpp.secret=0123456789abcdef0123456789abcdef" })
class WebFluxCsrfTests extends AbstractCsrfTests {

	@Test
	void whenServerKnowsTheUserThenTokenIsRequired() {
		Principal user = () -> "ann";
		MockServerHttpRequest request = MockServerHttpRequest.post("/free").build();
		assertThat(isUnforgeable(MockServerWebExchange.builder(request).build())).isTrue();
		assertThat(isUnforgeable(MockServerWebExchange.builder(request).principal(user).build())).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Authorization", "Payment-Authorization" })
	void whenNoOtherFramingIsTakenThenItsCredentialIsNoPayment(String header) {
		assertThat(isUnforgeable(MockServerWebExchange
			.from(MockServerHttpRequest.post("/free").header("Cookie", "SESSION=1").header(header, "Payment e30"))))
			.isFalse();
	}

	private static boolean isUnforgeable(MockServerWebExchange exchange) {
		return new UnforgeableExchangeMatcher().matches(exchange).blockOptional().orElseThrow().isMatch();
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import(Goods.class)
	static class Shop {

		@Bean
		@Order(1)
		SecurityWebFilterChain open(ServerHttpSecurity http) {
			return http.securityMatcher(new PathPatternParserServerWebExchangeMatcher("/open"))
				.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll())
				.csrf(x402())
				.csrf(CsrfSpec::disable)
				.build();
		}

		@Bean
		@Order(2)
		SecurityWebFilterChain security(ServerHttpSecurity http) {
			return http.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll()).csrf(x402()).build();
		}

	}

}
