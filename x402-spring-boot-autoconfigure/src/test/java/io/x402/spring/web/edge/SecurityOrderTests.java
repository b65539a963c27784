/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.edge;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may not enter is not asked to pay; who may is asked before anything else is looked
 * at.
 */
@SpringBootTest(classes = SecurityOrderTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.TOMCAT, Container.PAY_TO })
class SecurityOrderTests {

	private static final String[] USER = { "Authorization",
			"Basic " + Base64.getEncoder().encodeToString("user:secret".getBytes()) };

	@LocalServerPort
	private int port;

	@Autowired
	private FacilitatorDouble facilitator;

	@Autowired
	private AtomicInteger runs;

	private Http http;

	private int verifiedBefore;

	private int settledBefore;

	private int runsBefore;

	@BeforeEach
	void remember() {
		this.http = new Http(this.port);
		this.verifiedBefore = this.facilitator.verified();
		this.settledBefore = this.facilitator.settled();
		this.runsBefore = this.runs.get();
	}

	@Test
	void whenCallerIsNotAuthenticatedThenIsNotAskedToPay() throws IOException, InterruptedException {
		String payment = new Buyer().pay(offer("/open/sold"));
		for (String[] headers : new String[][] { {}, { "PAYMENT-SIGNATURE", payment },
				{ "Accept", "text/html", "User-Agent", "Mozilla/5.0" } }) {
			HttpResponse<String> answer = this.http.get("/closed/sold", headers);
			assertThat(answer.statusCode()).isEqualTo(401);
			assertThat(answer.headers().firstValue("PAYMENT-REQUIRED")).isEmpty();
			assertThat(answer.body()).doesNotContain("accepts");
		}
		assertThat(this.facilitator.verified()).isEqualTo(this.verifiedBefore);
	}

	@Test
	void whenCallerIsAuthenticatedThenIsAskedToPay() throws IOException, InterruptedException {
		assertThat(this.http.get("/closed/sold", USER).statusCode()).isEqualTo(402);
		HttpResponse<String> paid = this.http.get("/closed/sold", USER[0], USER[1], "PAYMENT-SIGNATURE",
				new Buyer().pay(Buyer.offers(this.http.get("/closed/sold", USER).headers()).get(0)));
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
		assertThat(this.facilitator.settled() - this.settledBefore).isOne();
	}

	@Test
	void whenMethodSecurityDeniesThenNothingIsCharged() throws IOException, InterruptedException {
		PaymentRequirements offer = offer("/open/admin");
		HttpResponse<String> anonymous = this.http.get("/open/admin", "PAYMENT-SIGNATURE", new Buyer().pay(offer));
		assertThat(anonymous.statusCode()).isEqualTo(401);
		HttpResponse<String> user = this.http.get("/open/admin", USER[0], USER[1], "PAYMENT-SIGNATURE",
				new Buyer().pay(offer));
		assertThat(user.statusCode()).isEqualTo(403);
		assertThat(user.headers().firstValue("PAYMENT-RESPONSE")).isEmpty();
		assertThat(this.facilitator.settled()).isEqualTo(this.settledBefore);
		assertThat(this.runs).hasValue(this.runsBefore);
	}

	@Test
	void whenMethodSecurityDeniedThenSamePaymentCanStillBeUsed() throws IOException, InterruptedException {
		String payment = new Buyer().pay(offer("/open/admin"));
		assertThat(this.http.get("/open/admin", "PAYMENT-SIGNATURE", payment).statusCode()).isEqualTo(401);
		assertThat(this.http
			.get("/open/admin", "PAYMENT-SIGNATURE", payment, "Authorization",
					"Basic " + Base64.getEncoder().encodeToString("admin:secret".getBytes()))
			.statusCode()).isEqualTo(200);
		assertThat(this.facilitator.settled() - this.settledBefore).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/open/bound", "/open/bound?days=many", "/open/bound?days=1&when=never" })
	void whenArgumentsAreInvalidThenPaymentIsAskedForFirst(String path) throws IOException, InterruptedException {
		assertThat(this.http.get(path).statusCode()).isEqualTo(402);
		HttpResponse<String> paid = this.http.get(path, "PAYMENT-SIGNATURE", new Buyer().pay(offer(path)));
		assertThat(paid.statusCode()).isEqualTo(400);
		assertThat(this.facilitator.settled()).isEqualTo(this.settledBefore);
		assertThat(this.runs).hasValue(this.runsBefore);
	}

	@Test
	void whenRequestIsRefusedThenHeadersOfSecurityAreStillThere() throws IOException, InterruptedException {
		HttpResponse<String> answer = this.http.get("/open/sold");
		assertThat(answer.statusCode()).isEqualTo(402);
		assertThat(answer.headers().firstValue("X-Frame-Options")).hasValue("DENY");
		assertThat(answer.headers().allValues("Cache-Control")).containsExactly("no-store");
	}

	private PaymentRequirements offer(String path) throws IOException, InterruptedException {
		return Buyer.offers(this.http.get(path).headers()).get(0);
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@EnableMethodSecurity
	@Import(Controllers.class)
	static class Shop {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

		@Bean
		AtomicInteger runs() {
			return new AtomicInteger();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("user").password("{noop}secret").roles("USER").build(),
					User.withUsername("admin").password("{noop}secret").roles("ADMIN").build());
		}

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers("/closed/**").authenticated().anyRequest().permitAll())
				.httpBasic(Customizer.withDefaults())
				.build();
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

		@PreAuthorize("hasRole('ADMIN')")
		@GetMapping("/open/admin")
		public String admin() {
			this.runs.incrementAndGet();
			return "goods";
		}

		@GetMapping("/open/bound")
		public String bound(@RequestParam int days, @RequestParam LocalDate when) {
			this.runs.incrementAndGet();
			return "goods";
		}

	}

}
