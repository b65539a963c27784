/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import io.x402.spring.PaymentRequired;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Customers with a key get for free what others pay for.
 */
abstract class AbstractFreeForTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Autowired
	private FacilitatorDouble facilitator;

	private int verifiedBefore;

	private int settledBefore;

	@BeforeEach
	void remember() {
		this.verifiedBefore = this.facilitator.verified();
		this.settledBefore = this.facilitator.settled();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/sold", "/async", "/quota" })
	void whenCallerIsACustomerThenHandlerRunsWithoutPayment(String path) throws IOException, InterruptedException {
		for (int i = 0; i < 3; i++) {
			HttpResponse<String> response = get(path, "X-API-Key", "CUSTOMER");
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("goods");
			assertThat(response.headers().firstValue("PAYMENT-RESPONSE")).isEmpty();
			assertThat(response.headers().firstValue("RateLimit")).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "nobody", "PARTNER", "customer", "ROLE_CUSTOMER" })
	void whenCallerIsAnybodyElseThenPays(String key) throws IOException, InterruptedException {
		HttpResponse<String> refused = "nobody".equals(key) ? get("/sold") : get("/sold", "X-API-Key", key);
		assertThat(refused.statusCode()).isEqualTo(402);
		HttpResponse<String> paid = get("/sold", "PAYMENT-SIGNATURE", payment(refused), "X-API-Key", key);
		assertThat(paid.statusCode()).isEqualTo(200);
		assertThat(paid.headers().firstValue("PAYMENT-RESPONSE")).isPresent();
		assertThat(this.facilitator.settled()).isEqualTo(this.settledBefore + 1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/sold", "/async", "/cached" })
	void whenCustomerSendsAPaymentThenItIsNotTaken(String path) throws IOException, InterruptedException {
		String payment = payment(get(path));
		HttpResponse<String> free = get(path, "X-API-Key", "CUSTOMER", "PAYMENT-SIGNATURE", payment);
		assertThat(free.statusCode()).isEqualTo(200);
		assertThat(free.body()).isEqualTo("goods");
		assertThat(free.headers().firstValue("PAYMENT-RESPONSE")).isEmpty();
		assertThat(get(path, "X-API-Key", "CUSTOMER", "PAYMENT-SIGNATURE", "garbage").statusCode()).isEqualTo(200);
		assertThat(this.facilitator.verified()).isEqualTo(this.verifiedBefore);
		assertThat(this.facilitator.settled()).isEqualTo(this.settledBefore);
		assertThat(get(path, "PAYMENT-SIGNATURE", payment).headers().firstValue("PAYMENT-RESPONSE")).isPresent();
	}

	@Test
	void whenHandlerHasAnExpressionThenItTakesThePlaceOfTheOneForAll() throws IOException, InterruptedException {
		assertThat(get("/staff", "X-API-Key", "CUSTOMER").statusCode()).isEqualTo(402);
		assertThat(get("/staff", "X-API-Key", "ROLE_STAFF").statusCode()).isEqualTo(200);
		assertThat(get("/staff", "X-API-Key", "ROLE_BOSS").statusCode()).isEqualTo(200);
		assertThat(get("/everybody", "X-API-Key", "CUSTOMER").statusCode()).isEqualTo(402);
		assertThat(get("/routed", "X-API-Key", "CUSTOMER").statusCode()).isEqualTo(402);
		assertThat(get("/routed", "X-API-Key", "PARTNER").statusCode()).isEqualTo(200);
	}

	@Test
	void whenExpressionNamesAPathVariableThenItIsThatOfTheRequest() throws IOException, InterruptedException {
		assertThat(get("/files/ANNA", "X-API-Key", "ANNA").statusCode()).isEqualTo(200);
		assertThat(get("/files/BERT", "X-API-Key", "ANNA").statusCode()).isEqualTo(402);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/failing", "/unclear" })
	void whenItCannotBeFoundOutThenCallerPays(String path) throws IOException, InterruptedException {
		assertThat(get(path, "X-API-Key", "CUSTOMER").statusCode()).isEqualTo(402);
		assertThat(get(path).statusCode()).isEqualTo(402);
	}

	@Test
	void whenCallsOfACustomerAreFreeThenTheyUseNoQuota() throws IOException, InterruptedException {
		for (int i = 0; i < 3; i++) {
			assertThat(get("/trial", "X-API-Key", "PARTNER").statusCode()).isEqualTo(200);
		}
		assertThat(get("/trial").headers().firstValue("RateLimit").orElseThrow()).startsWith("\"free\";r=0;t=");
		assertThat(get("/trial").statusCode()).isEqualTo(402);
	}

	@Test
	void whenHandlerSaysNothingAboutCachingThenSpringSecurityForbidsItToo() throws IOException, InterruptedException {
		assertThat(String.join(", ", get("/sold", "X-API-Key", "CUSTOMER").headers().allValues("Cache-Control"))
			.split(", ")).containsExactlyInAnyOrder("private", "no-cache", "no-store", "max-age=0", "must-revalidate");
	}

	@Test
	void whenHandlerAllowsSharedCachingThenResponseIsPrivate() throws IOException, InterruptedException {
		String payment = payment(get("/cached"));
		for (String[] headers : new String[][] { { "X-API-Key", "CUSTOMER" },
				{ "X-API-Key", "CUSTOMER", "PAYMENT-SIGNATURE", payment } }) {
			assertThat(get("/cached", headers).headers().firstValue("Cache-Control").orElseThrow().split(", "))
				.containsExactlyInAnyOrder("private", "max-age=60");
		}
	}

	private static String payment(HttpResponse<String> refused) {
		return new Buyer().pay(Buyer.offers(refused.headers()).get(0));
	}

	HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path));
		if (headers.length > 0) {
			request.headers(headers);
		}
		return CLIENT.send(request.build(), BodyHandlers.ofString());
	}

	/**
	 * What is sold on each web stack.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import({ Controllers.class, RoutedController.class })
	static class Goods {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

		@Bean
		Checks checks() {
			return new Checks();
		}

		@Bean
		RoleHierarchy hierarchy() {
			return RoleHierarchyImpl.fromHierarchy("ROLE_BOSS > ROLE_STAFF");
		}

	}

	/**
	 * Conditions that an application has of its own.
	 */
	public static class Checks {

		public boolean fail() {
			throw new IllegalStateException("Out of order");
		}

		public String unclear() {
			return "true";
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class Controllers {

		@GetMapping("/sold")
		String sold() {
			return "goods";
		}

		@PaymentRequired(price = "$0.01", freeQuota = "1 per 1d")
		@GetMapping("/quota")
		String quota() {
			return "goods";
		}

		@PaymentRequired(price = "$0.01", freeQuota = "1 per 1d", freeFor = "hasAuthority('PARTNER')")
		@GetMapping("/trial")
		String trial() {
			return "goods";
		}

		@PaymentRequired(price = "$0.01", freeFor = "hasRole('STAFF')")
		@GetMapping("/staff")
		String staff() {
			return "goods";
		}

		@PaymentRequired(price = "$0.01", freeFor = "denyAll")
		@GetMapping("/everybody")
		String everybody() {
			return "goods";
		}

		@PaymentRequired(price = "$0.01", freeFor = "hasAuthority(#owner)")
		@GetMapping("/files/{owner}")
		String file(@PathVariable String owner) {
			return "goods";
		}

		@PaymentRequired(price = "$0.01", freeFor = "@checks.fail()")
		@GetMapping("/failing")
		String failing() {
			return "goods";
		}

		@PaymentRequired(price = "$0.01", freeFor = "@checks.unclear()")
		@GetMapping("/unclear")
		String unclear() {
			return "goods";
		}

		@GetMapping("/cached")
		ResponseEntity<String> cached() {
			return ResponseEntity.ok().header("Cache-Control", "public, max-age=60").body("goods");
		}

	}

	@RestController
	static class RoutedController {

		@GetMapping("/routed")
		String routed() {
			return "goods";
		}

	}

}
