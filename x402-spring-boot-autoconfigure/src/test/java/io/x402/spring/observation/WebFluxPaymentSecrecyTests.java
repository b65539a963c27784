/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.observation;

import io.x402.spring.Pass;
import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * WebFlux on Reactor Netty, which sells no passes.
 */
@SpringBootTest(classes = WebFluxPaymentSecrecyTests.ReactiveApplication.class,
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "x402.pay-to=0x209693Bc6afc0C5328bA36FaF03C514EF312287C", "x402.network=base-sepolia",
				"logging.level.root=TRACE", "spring.main.web-application-type=reactive", "x402.mpp.enabled=true",
				"x402.base-url=https://shop.example", "x402.sign-in.enabled=true", "x402.passes.cookie=true",
				"""
						spring.autoconfigure.exclude=\
						org.springframework.boot.tomcat.autoconfigure.reactive.TomcatReactiveWebServerAutoConfiguration,\
						org.springframework.boot.jetty.autoconfigure.reactive.JettyReactiveWebServerAutoConfiguration
						""" })
class WebFluxPaymentSecrecyTests extends AbstractPaymentSecrecyTests {

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ReactiveApplication {

		@Bean
		SecurityWebFilterChain open(ServerHttpSecurity security) {
			return security.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll()).build();
		}

		@Bean
		KeyValueCapture keyValueCapture() {
			return new KeyValueCapture();
		}

		@Bean
		ReactiveController paidController() {
			return new ReactiveController();
		}

	}

	@RestController
	static class ReactiveController {

		@GetMapping("/paid")
		@PaymentRequired(price = "$0.01")
		Mono<String> paid(VerifiedPayment payment) {
			return Mono.just("content for " + payment.payer());
		}

		@GetMapping("/pass")
		@PaymentRequired(price = "$0.01", pass = @Pass(uses = 2))
		Mono<String> pass() {
			return Mono.just("content");
		}

	}

}
