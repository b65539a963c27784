/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.time.LocalDate;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.fixture.FacilitatorDouble;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application that Spring Security guards, by path and by method.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@EnableMethodSecurity
@Import({ SecuredShop.Goods.class, SecuredShop.Controllers.class, SecuredShop.AdminController.class })
class SecuredShop {

	@Bean
	UserDetailsService users() {
		return new InMemoryUserDetailsManager(user(), admin());
	}

	static UserDetails user() {
		return User.withUsername("user").password("{noop}secret").roles("USER").build();
	}

	static UserDetails admin() {
		return User.withUsername("admin").password("{noop}secret").roles("ADMIN").build();
	}

	@Bean
	SecurityFilterChain security(HttpSecurity http) throws Exception {
		return http
			.authorizeHttpRequests(
					(requests) -> requests.requestMatchers("/closed/**").authenticated().anyRequest().permitAll())
			.httpBasic(Customizer.withDefaults())
			.build();
	}

	static class Goods {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

		@Bean
		AtomicInteger runs() {
			return new AtomicInteger();
		}

	}

	@RestController
	@PaymentRequired(price = "0.01")
	static class Controllers {

		private final AtomicInteger runs;

		Controllers(AtomicInteger runs) {
			this.runs = runs;
		}

		@RequestMapping({ "/closed/sold", "/open/sold" })
		public String sold() {
			this.runs.incrementAndGet();
			return "goods";
		}

		@GetMapping("/open/bound")
		public String bound(@RequestParam int days, @RequestParam LocalDate when) {
			this.runs.incrementAndGet();
			return "goods";
		}

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
		public String admin() {
			this.runs.incrementAndGet();
			return "goods";
		}

	}

}
