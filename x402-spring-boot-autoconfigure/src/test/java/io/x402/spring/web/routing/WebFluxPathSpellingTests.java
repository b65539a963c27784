/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.routing;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.x402.spring.PaymentRequired;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.protocol.PaymentRequirements;
import io.x402.spring.web.edge.Container;
import io.x402.spring.web.edge.RawConnection;
import io.x402.spring.web.settlement.Buyer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.server.WebHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * However a path is spelled for Reactor Netty, a handler runs as often as payments are
 * settled for it, and what costs money is never delivered to a request without payment.
 */
@SpringBootTest(classes = WebFluxPathSpellingTests.Shop.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { Container.PAY_TO, "spring.main.web-application-type=reactive", """
				spring.autoconfigure.exclude=\
				org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration,\
				org.springframework.boot.jetty.autoconfigure.reactive.JettyReactiveWebServerAutoConfiguration
				""", "x402.routes[0].path=/routed/secret", "x402.routes[0].price=$0.01",
				"x402.routes[1].path=/functional/secret", "x402.routes[1].price=$0.01",
				"x402.routes[2].path=/static-files/secret", "x402.routes[2].price=$0.01",
				"x402.routes[3].path=/bean/secret", "x402.routes[3].price=$0.01",
				"spring.web.resources.static-locations=classpath:/io/x402/spring/web/routing/static/" })
class WebFluxPathSpellingTests {

	private static final PaymentRequirements OFFER = new PaymentRequirements("exact", "eip155:84532",
			BigInteger.valueOf(10000), "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
			"0x209693Bc6afc0C5328bA36FaF03C514EF312287C", 300, Map.of("name", "USDC", "version", "2"));

	@LocalServerPort
	private int port;

	@Autowired
	private Runs runs;

	@Autowired
	private FacilitatorDouble facilitator;

	private final Buyer buyer = new Buyer();

	@Test
	void theServerIsReactorNetty(@Autowired ReactiveWebServerApplicationContext context) {
		assertThat(context.getWebServer().getClass().getSimpleName()).startsWith("Netty");
	}

	@ParameterizedTest
	@CsvSource({ "annotated, GET", "routed, GET", "functional, GET", "static-files, GET", "bean, GET",
			"annotated, OPTIONS", "routed, OPTIONS", "functional, OPTIONS", "bean, OPTIONS" })
	void whenPathIsSpelledOtherwiseThenRunsEqualSettlements(String kind, String method) throws IOException {
		List<String> leaks = new ArrayList<>();
		int delivered = 0;
		List<String> spellings = PathSpellings.of(kind, "secret");
		for (String spelling : spellings) {
			int runsBefore = this.runs.count();
			int settledBefore = this.facilitator.settled();
			String unpaid = RawConnection.send(this.port, method, spelling, "");
			if (unpaid.contains(Runs.GOODS) || this.runs.count() != runsBefore
					|| this.facilitator.settled() != settledBefore) {
				leaks.add("unpaid " + spelling);
			}
			runsBefore = this.runs.count();
			String paid = RawConnection.send(this.port, method, spelling,
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
		if (method.equals("GET")) {
			assertThat(delivered).as("spellings that reach the handler").isGreaterThan(2);
		}
		else {
			assertThat(delivered).isZero();
		}
	}

	@ParameterizedTest
	@CsvSource({ "annotated", "routed", "functional", "bean" })
	void whenHeadIsSpelledOtherwiseThenRunsEqualSettlements(String kind) throws IOException {
		List<String> leaks = new ArrayList<>();
		int all = 0;
		for (String spelling : PathSpellings.of(kind, "secret")) {
			int runsBefore = this.runs.count();
			int settledBefore = this.facilitator.settled();
			RawConnection.send(this.port, "HEAD", spelling, "");
			if (this.runs.count() != runsBefore) {
				leaks.add("unpaid " + spelling);
			}
			runsBefore = this.runs.count();
			RawConnection.send(this.port, "HEAD", spelling, "PAYMENT-SIGNATURE: " + this.buyer.pay(OFFER) + "\r\n");
			int settled = this.facilitator.settled() - settledBefore;
			if (this.runs.count() - runsBefore != settled) {
				leaks.add("paid " + spelling + " settled " + settled);
			}
			all += settled;
		}
		assertThat(leaks).isEmpty();
		assertThat(all).as("spellings that reach the handler").isGreaterThan(kind.equals("functional") ? -1 : 2);
	}

	@Configuration(proxyBeanMethods = false)
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
		SecurityWebFilterChain openToAll(ServerHttpSecurity security) {
			return security.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll())
				.csrf(ServerHttpSecurity.CsrfSpec::disable)
				.build();
		}

		@Bean
		RouterFunction<ServerResponse> functional(Runs runs) {
			return RouterFunctions.route()
				.GET("/functional/secret", (request) -> ServerResponse.ok().bodyValue(runs.goods()))
				.build();
		}

		@Bean
		HandlerMapping beans(Runs runs) {
			WebHandler handler = (exchange) -> exchange.getResponse()
				.writeWith(Mono.fromSupplier(() -> exchange.getResponse()
					.bufferFactory()
					.wrap(runs.goods().getBytes(StandardCharsets.UTF_8))));
			return new SimpleUrlHandlerMapping(Map.of("/bean/secret", handler), -1);
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
		Mono<String> secret() {
			return Mono.fromSupplier(this.runs::goods);
		}

	}

	@RestController
	static class RoutedController {

		private final Runs runs;

		RoutedController(Runs runs) {
			this.runs = runs;
		}

		@GetMapping("/routed/secret")
		Mono<String> secret() {
			return Mono.fromSupplier(this.runs::goods);
		}

	}

}
