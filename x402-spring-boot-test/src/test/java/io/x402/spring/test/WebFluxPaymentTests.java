/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.test;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.protocol.ReasonCode;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.test.autoconfigure.AutoConfigureX402;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.config.EnableWebFlux;

import static io.x402.spring.test.PaymentLedgerAssert.assertThat;
import static io.x402.spring.test.WebClientPayment.payment;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link WebClientPayment} with a {@link WebTestClient} that calls an
 * application on WebFlux without a server.
 */
@SpringBootTest(classes = WebFluxPaymentTests.ReactiveShop.class,
		properties = { "spring.main.web-application-type=reactive", "x402.settlement.hold-limit=16B" })
@AutoConfigureX402
class WebFluxPaymentTests {

	private WebTestClient client;

	@Autowired
	private ScriptedFacilitator facilitator;

	@Autowired
	private PaymentLedger ledger;

	@BeforeEach
	void reset(@Autowired ApplicationContext context) {
		this.facilitator.reset();
		this.client = WebTestClient.bindToApplicationContext(context).build();
	}

	@Test
	void whenRequestIsNotPaidThenIsAskedForPayment() {
		this.client.get().uri("/weather").exchange().expectStatus().isEqualTo(HttpStatus.PAYMENT_REQUIRED);
	}

	@Test
	void whenRequestIsPaidThenHandlerRunsAndIsSettled() {
		paying(payment()).get()
			.uri("/weather")
			.exchange()
			.expectStatus()
			.isOk()
			.expectHeader()
			.exists("PAYMENT-RESPONSE")
			.expectBody(String.class)
			.isEqualTo("sunny");
		assertThat(this.ledger).settled("/weather", "0.05 USDC");
	}

	@Test
	void whenRequestHasBodyThenHandlerGetsIt() {
		paying(payment().version1()).post()
			.uri("/echo")
			.bodyValue("hello")
			.exchange()
			.expectBody(String.class)
			.isEqualTo("echo of hello");
		assertThat(this.facilitator.settleRequests()).hasSize(1);
	}

	@Test
	void whenContentIsAStreamThenAllEventsAreDelivered() {
		paying(payment()).get()
			.uri("/forecast")
			.exchange()
			.expectStatus()
			.isOk()
			.expectHeader()
			.exists("PAYMENT-RESPONSE")
			.expectBodyList(String.class)
			.isEqualTo(List.of("sun", "rain", "wind"));
		assertThat(this.facilitator.settleRequests()).hasSize(1);
		assertThat(this.ledger).settled("/forecast", "0.02 USDC");
	}

	@Test
	void whenContentIsLargerThanTheHoldThenAllOfItIsDelivered() {
		paying(payment()).get()
			.uri("/map")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.isEqualTo("map ".repeat(20));
		assertThat(this.facilitator.settleRequests()).hasSize(1);
	}

	@Test
	void whenFacilitatorDeclinesThenIsNotDelivered() {
		this.facilitator.declines(ReasonCode.INSUFFICIENT_FUNDS);
		paying(payment()).get().uri("/weather").exchange().expectStatus().isEqualTo(HttpStatus.PAYMENT_REQUIRED);
		assertThat(this.ledger).declined("/weather");
	}

	@Test
	void whenPaymentIsExpiredThenIsRefused() {
		paying(payment().expired()).get()
			.uri("/weather")
			.exchange()
			.expectStatus()
			.isEqualTo(HttpStatus.PAYMENT_REQUIRED);
		assertThat(this.facilitator.settleRequests()).isEmpty();
	}

	private WebTestClient paying(WebClientPayment payment) {
		return this.client.mutate().filter(payment).build();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableWebFlux
	@Import(Goods.class)
	static class ReactiveShop {

	}

	@RestController
	static class Goods {

		@GetMapping("/weather")
		@PaymentRequired(price = "$0.05", network = "base-sepolia")
		Mono<String> weather(VerifiedPayment payment) {
			return Mono.just("sunny");
		}

		@GetMapping(path = "/forecast", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		@PaymentRequired(price = "$0.02", network = "base")
		Flux<String> forecast() {
			return Flux.just("sun", "rain", "wind");
		}

		@GetMapping("/map")
		@PaymentRequired(price = "$0.03", network = "base")
		Flux<DataBuffer> map(ServerHttpResponse response) {
			return Flux.range(0, 20)
				.map((part) -> response.bufferFactory().wrap("map ".getBytes(StandardCharsets.UTF_8)));
		}

		@PostMapping("/echo")
		@PaymentRequired(price = "$0.01", network = "base")
		Mono<String> echo(@RequestBody Mono<String> body) {
			return body.map("echo of "::concat);
		}

	}

}
