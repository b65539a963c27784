/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.mpp;

import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.Map;

import io.x402.spring.web.edge.Container;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The Machine Payments Protocol where users log in by HTTP Basic.
 */
@SpringBootTest(classes = { AbstractMachineClientTests.Shop.class, MachinePaymentUserTests.Secured.class },
		webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.PAY_TO, "x402.mpp.enabled=true", AbstractMachinePaymentTests.SECRET,
				"x402.mpp.realm=shop.example", "x402.mpp.header=payment-authorization" })
class MachinePaymentUserTests extends AbstractMachineClientTests {

	private final String user = "Basic " + Base64.getEncoder().encodeToString("user:secret".getBytes());

	@Test
	void whenUserPaysThenIsStillLoggedIn() throws Exception {
		HttpResponse<String> unpaid = get("/users/secret", "Authorization", this.user);
		Map<String, Object> challenge = challenge(unpaid);
		assertThat(challenge).containsEntry("realm", "shop.example").containsEntry("header", "Payment-Authorization");
		HttpResponse<String> paid = get("/users/secret", "Authorization", this.user, "Payment-Authorization",
				this.buyer.pay(challenge));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.body()).isEqualTo("user pays");
		assertSettled(1);
	}

	@Test
	void whenCredentialTakesThePlaceOfTheUserThenIsNoLogin() throws Exception {
		Map<String, Object> challenge = challenge(get("/users/secret", "Authorization", this.user));
		assertThat(get("/users/secret", "Authorization", this.buyer.pay(challenge)).statusCode()).isEqualTo(401);
		assertSettled(0);
	}

	@Test
	void whenBothAreInTheHeaderOfTheUserThenBothCount() throws Exception {
		Map<String, Object> challenge = challenge(get("/users/secret", "Authorization", this.user));
		HttpResponse<String> paid = get("/users/secret", "Authorization", this.user, "Authorization",
				this.buyer.pay(challenge));
		assertThat(paid.body()).isEqualTo("user pays");
		assertSettled(1);
	}

	@Test
	void whenHeaderOfTheChallengeIsChangedThenIsRefused() throws Exception {
		Map<String, Object> challenge = challenge(get("/open"));
		challenge.remove("header");
		assertRefused(get("/open", "Authorization", this.buyer.pay(challenge)), "invalid_challenge");
	}

	@Configuration(proxyBeanMethods = false)
	static class Secured {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers("/users/**").authenticated().anyRequest().permitAll())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("user").password("{noop}secret").roles("USER").build());
		}

	}

}
