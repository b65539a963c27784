/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.x402.spring.PaymentRequired;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.web.edge.Container;
import io.x402.spring.web.edge.RawConnection;
import io.x402.spring.web.settlement.Buyer;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * However a path is spelled, a handler runs as often as payments are settled for it, and
 * what costs money is never delivered to a request without payment.
 */
class PathSpellingTests {

	@Nested
	@SpringBootTest(classes = Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { Container.TOMCAT, Container.NO_SECURITY })
	class OnTomcat extends Corpus {

	}

	@Nested
	@SpringBootTest(classes = SecuredShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = Container.TOMCAT)
	class OnTomcatWithSecurity extends Corpus {

	}

	@Nested
	@SpringBootTest(classes = Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { Container.JETTY, Container.NO_SECURITY })
	class OnJetty extends Corpus {

	}

	@Nested
	@SpringBootTest(classes = SecuredShop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = Container.JETTY)
	class OnJettyWithSecurity extends Corpus {

	}

	@TestPropertySource(properties = { Container.PAY_TO, "x402.routes[0].path=/routed/secret",
			"x402.routes[0].price=$0.01", "x402.routes[1].path=/functional/secret", "x402.routes[1].price=$0.01",
			"x402.routes[2].path=/static-files/secret", "x402.routes[2].price=$0.01",
			"x402.routes[3].path=/bean/secret", "x402.routes[3].price=$0.01",
			"spring.web.resources.static-locations=classpath:/io/x402/spring/web/routing/static/" })
	abstract static class Corpus {

		@LocalServerPort
		private int port;

		@Autowired
		private Runs runs;

		@Autowired
		private FacilitatorDouble facilitator;

		private final Buyer buyer = new Buyer();

		@Test
		void theServerIsTheOneOfTheName(@Autowired ServletWebServerApplicationContext context) {
			String server = getClass().getSimpleName().contains("Jetty") ? "Jetty" : "Tomcat";
			assertThat(context.getWebServer().getClass().getSimpleName()).startsWith(server);
		}

		@ParameterizedTest
		@CsvSource({ "annotated", "routed", "functional", "static-files", "bean" })
		void whenPathIsSpelledOtherwiseThenRunsEqualSettlements(String kind) throws IOException {
			List<String> leaks = new ArrayList<>();
			int delivered = 0;
			List<String> spellings = PathSpellings.of(kind, "secret");
			for (String spelling : spellings) {
				int runsBefore = this.runs.count();
				int settledBefore = this.facilitator.settled();
				String unpaid = RawConnection.get(this.port, spelling, "");
				if (unpaid.contains(Runs.GOODS) || this.runs.count() != runsBefore
						|| this.facilitator.settled() != settledBefore) {
					leaks.add("unpaid " + spelling);
				}
				runsBefore = this.runs.count();
				String paid = RawConnection.get(this.port, spelling,
						"PAYMENT-SIGNATURE: " + this.buyer.pay(OFFER) + "\r\n");
				int goods = paid.contains(Runs.GOODS) ? 1 : 0;
				int settled = this.facilitator.settled() - settledBefore;
				if (goods != settled || (!kind.equals("static-files") && this.runs.count() - runsBefore != settled)) {
					leaks.add("paid " + spelling + " delivered " + goods + " settled " + settled);
				}
				delivered += goods;
			}
			assertThat(leaks).isEmpty();
			assertThat(spellings).hasSizeGreaterThan(250);
			assertThat(delivered).as("spellings that reach the handler").isGreaterThan(2);
		}

	}

	private static final PaymentRequirements OFFER = new PaymentRequirements("exact", "eip155:84532",
			BigInteger.valueOf(10000), "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
			"0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 300, Map.of("name", "USDC", "version", "2"));

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Import({ AnnotatedController.class, RoutedController.class })
	static class Shop {

		@Bean
		Runs runs() {
			return new Runs();
		}

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

		@Bean
		RouterFunction<ServerResponse> functional(Runs runs) {
			return RouterFunctions.route()
				.GET("/functional/secret", (request) -> ServerResponse.ok().body(runs.goods()))
				.build();
		}

		@Bean("/bean/secret")
		HttpRequestHandler bean(Runs runs) {
			return (request, response) -> write(response, runs.goods());
		}

		private static void write(HttpServletResponse response, String text) throws IOException {
			response.getWriter().write(text);
		}

	}

	static class SecuredShop extends Shop {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll()).build();
		}

	}

	@RestController
	static class AnnotatedController {

		private final Runs runs;

		AnnotatedController(Runs runs) {
			this.runs = runs;
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/annotated/secret")
		String secret() {
			return this.runs.goods();
		}

	}

	@RestController
	static class RoutedController {

		private final Runs runs;

		RoutedController(Runs runs) {
			this.runs = runs;
		}

		@GetMapping("/routed/secret")
		String secret() {
			return this.runs.goods();
		}

	}

}
