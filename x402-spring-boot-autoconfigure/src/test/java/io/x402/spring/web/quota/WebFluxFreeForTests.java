/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.x402.spring.PaymentRequired;
import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Customers with a key get for free what others pay for on WebFlux.
 */
@SpringBootTest(classes = WebFluxFreeForTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.NETTY, Container.PAY_TO, "x402.free-for=hasAuthority('CUSTOMER')",
				"x402.routes[0].path=/routed", "x402.routes[0].price=$0.01",
				"x402.routes[0].free-for=hasAuthority('PARTNER')" })
class WebFluxFreeForTests extends AbstractFreeForTests {

	@Test
	void whenPageShowsTheExampleThenItIsTheTestedOne() throws IOException {
		String page = words(Path.of("../docs/free-calls.md"));
		String test = words(Path.of("src/test/java/io/x402/spring/web/quota/WebFluxFreeForTests.java"));
		String example = "serverHttp.addFilterBefore(webApiKeys, SecurityWebFiltersOrder.AUTHORIZATION) "
				+ ".authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll())";
		assertThat(page).contains(example);
		assertThat(test).contains("return " + example);
	}

	private static String words(Path path) throws IOException {
		return Files.readString(path).replaceAll("\\s+", " ");
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import({ Goods.class, ReactiveController.class })
	static class Shop {

		@Bean
		SecurityWebFilterChain security(ServerHttpSecurity serverHttp) {
			ApiKeys webApiKeys = new ApiKeys();
			return serverHttp.addFilterBefore(webApiKeys, SecurityWebFiltersOrder.AUTHORIZATION)
				.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll())
				.build();
		}

	}

	/**
	 * The key is the authority, to keep the tests short.
	 */
	static class ApiKeys implements WebFilter {

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			String key = exchange.getRequest().getHeaders().getFirst("X-API-Key");
			if (key == null) {
				return chain.filter(exchange);
			}
			return chain.filter(exchange)
				.contextWrite(ReactiveSecurityContextHolder.withAuthentication(UsernamePasswordAuthenticationToken
					.authenticated(key, "", AuthorityUtils.createAuthorityList(key))));
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class ReactiveController {

		@GetMapping("/async")
		Mono<String> async() {
			return Mono.delay(Duration.ofMillis(1)).map((tick) -> "goods");
		}

	}

}
