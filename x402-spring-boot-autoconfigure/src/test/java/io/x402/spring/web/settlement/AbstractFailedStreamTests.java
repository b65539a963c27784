/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.x402.spring.PaymentRequired;
import io.x402.spring.store.Claim;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A stream of an unsafe request is charged when it begins. If the seller cuts it off
 * while its buyer is there, the same payment runs the handler again, a limited number of
 * times.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractFailedStreamTests {

	protected static final String START = "s3cret-start";

	protected static final String END = "s3cret-end";

	private static final int RERUNS = 3;

	protected static final String PROPERTY = "x402.redelivery.max-reruns=" + RERUNS;

	private Edge edge;

	protected abstract Edge open();

	@BeforeAll
	void openEdge() {
		this.edge = open();
	}

	@AfterAll
	void closeEdge() {
		this.edge.close();
	}

	@BeforeEach
	void reset() {
		this.edge.bean(AtomicInteger.class).set(0);
	}

	/**
	 * Return paths of handlers that fail as often as they are told.
	 */
	protected Stream<String> all() {
		return Stream.of("/events", "/text");
	}

	/**
	 * Return those that are to fail more often than they may run again.
	 */
	protected Stream<String> repeated() {
		return Stream.of("/events", "/text");
	}

	@ParameterizedTest
	@MethodSource("all")
	void whenTheSellerCutsAStreamOffThenTheSamePaymentRunsItsHandlerAgain(String path) throws IOException {
		String target = path + "?failures=1";
		Payment payment = this.edge.buyer().sign(Buyer.offer(this.edge.send("POST", target)));
		Script script = this.edge.script(payment, SettleBehaviour.SETTLED);
		WireResponse cut = this.edge.send("POST", target, payment.headerLine());
		assertThat(cut.status()).as(cut.toString()).isEqualTo(200);
		assertThat(cut.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(cut.shows(START)).isTrue();
		assertThat(cut.shows(END)).isFalse();
		assertThat(script.settlements()).isOne();
		awaitRest(payment);
		for (int i = 0; i < 2; i++) {
			WireResponse again = this.edge.send("POST", target, payment.headerLine());
			assertThat(again.status()).as(again.toString()).isEqualTo(200);
			assertThat(again.bodyText()).contains(START).contains(END);
			awaitRest(payment);
		}
		assertThat(this.edge.runs()).isEqualTo(2);
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@MethodSource("repeated")
	void whenTheSellerCutsEveryStreamOffThenItsHandlerDoesNotRunForEver(String path) throws IOException {
		String target = path + "?failures=100";
		Payment payment = this.edge.buyer().sign(Buyer.offer(this.edge.send("POST", target)));
		Script script = this.edge.script(payment, SettleBehaviour.SETTLED);
		for (int i = 0; i < RERUNS + 1; i++) {
			assertThat(this.edge.send("POST", target, payment.headerLine()).status()).isEqualTo(200);
			awaitRest(payment);
		}
		WireResponse refused = this.edge.send("POST", target, payment.headerLine());
		assertThat(refused.status()).isEqualTo(409);
		assertThat(refused.json().path("code").asString()).isEqualTo("payment_already_used");
		assertThat(this.edge.runs()).isEqualTo(RERUNS + 1);
		assertThat(script.settlements()).isOne();
	}

	private void awaitRest(Payment payment) {
		await().atMost(60, TimeUnit.SECONDS).until(() -> {
			Claim claim = this.edge.claim(payment);
			return claim != null && !claim.active() && claim.receipt() != null;
		});
	}

	@Configuration(proxyBeanMethods = false)
	@Import(FluxController.class)
	static class FluxConfiguration {

		@Bean
		AtomicInteger runs() {
			return new AtomicInteger();
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class FluxController {

		private final AtomicInteger runs;

		FluxController(AtomicInteger runs) {
			this.runs = runs;
		}

		@PostMapping(path = "/events", produces = "text/event-stream")
		Flux<String> events(@RequestParam int failures) {
			boolean fails = this.runs.incrementAndGet() <= failures;
			return Flux.just(START, "x".repeat(70_000))
				.concatWith(fails ? Mono.error(new IllegalStateException("It cannot go on")) : Mono.just(END));
		}

		@PostMapping(path = "/text", produces = "text/plain")
		Flux<String> text(@RequestParam int failures) {
			return events(failures);
		}

	}

}
