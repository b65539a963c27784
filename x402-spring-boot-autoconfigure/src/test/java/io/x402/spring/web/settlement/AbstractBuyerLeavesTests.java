/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.store.Claim;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Buyers who leave a response that passes, since it is a stream or larger than what is
 * held. It is charged, so that the same payment collects it: the handler of an unsafe
 * request goes on alone, that of a safe one runs again.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractBuyerLeavesTests {

	protected static final String[] PROPERTIES = { "x402.redelivery.body-limit=4MB",
			"spring.lifecycle.timeout-per-shutdown-phase=1s" };

	private static final String START = "s3cret-start";

	private static final String END = "s3cret-end";

	private Edge edge;

	private LosableConnection connection;

	protected abstract Edge open();

	@BeforeAll
	void openEdge() {
		this.edge = open();
		this.connection = this.edge.bean(LosableConnection.class);
	}

	@AfterAll
	void closeEdge() {
		this.edge.close();
	}

	@BeforeEach
	void reset() {
		this.edge.bean(AtomicInteger.class).set(0);
	}

	@ParameterizedTest
	@CsvSource({ "POST, /text, 1", "PUT, /text, 1", "DELETE, /text, 1", "PATCH, /text, 1", "POST, /events, 1",
			"POST, /file, 1", "GET, /text, 0", "GET, /events, 0", "GET, /file, 0", "GET, /broken, 2" })
	void whenTheBuyerLeavesAResponseThatPassesThenItCanBeCollected(String method, String target, int runs)
			throws IOException {
		Payment payment = this.edge.buyer().sign(Buyer.offer(this.edge.send(method, target)));
		Script script = this.edge.script(payment);
		leave(method, target, payment);
		WireResponse again = this.edge.send(method, target, payment.headerLine());
		assertThat(again.status()).as(again.toString()).isEqualTo(200);
		assertThat(again.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(again.bodyText()).contains(START).contains(END);
		boolean replayed = again.headers("Idempotent-Replayed").size() == 1;
		assertThat(this.edge.runs()).isEqualTo(replayed ? 1 : 2);
		if (runs > 0) {
			// A safe handler may have ended before its server noticed that the buyer has
			// left
			assertThat(this.edge.runs()).isEqualTo(runs);
		}
		assertThat(script.settlements()).isOne();
	}

	/**
	 * Often, since a container that reuses a response that the handler still writes to
	 * loses the next one.
	 */
	@RepeatedTest(30)
	void whenTheHandlerFailsAfterItsBuyerHasLeftThenItRunsAgain() throws IOException {
		whenTheBuyerLeavesAResponseThatPassesThenItCanBeCollected("POST", "/broken", 2);
	}

	/**
	 * What is stored is limited, as long as no one reads it.
	 */
	@Test
	void whenTheBuyerLeavesAResponseWithoutAnEndThenItsSourceEnds() throws IOException {
		Payment payment = this.edge.buyer().sign(Buyer.offer(this.edge.send("POST", "/endless")));
		Script script = this.edge.script(payment);
		leave("POST", "/endless", payment);
		WireResponse again = this.edge.send("POST", "/endless", payment.headerLine());
		assertThat(again.status()).isEqualTo(409);
		assertThat(again.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(this.edge.runs()).isEqualTo(1);
		assertThat(script.settlements()).isOne();
	}

	private void leave(String method, String target, Payment payment) throws IOException {
		this.connection.lost = new CountDownLatch(1);
		try (WireExchange exchange = new WireExchange(this.edge.port())) {
			exchange.send(method, target, payment.headerLine());
			exchange.receiveUntil(START);
			exchange.abort();
		}
		this.connection.lost.countDown();
		await().atMost(60, TimeUnit.SECONDS).until(() -> isAtRest(this.edge.claim(payment)));
	}

	private static boolean isAtRest(Claim claim) {
		return claim != null && !claim.active() && claim.state() == ClaimState.SETTLED;
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Goods.class, LosableConnection.Beans.class })
	static class GoodsConfiguration {

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class Goods {

		private final AtomicInteger runs;

		private final LosableConnection connection;

		Goods(AtomicInteger runs, LosableConnection connection) {
			this.runs = runs;
			this.connection = connection;
		}

		@RequestMapping(path = "/text", produces = "text/plain")
		Flux<String> text() {
			this.runs.incrementAndGet();
			return beginning().concatWith(afterLoss("x".repeat(1000)).repeat(20)).concatWithValues(END);
		}

		@RequestMapping(path = "/events", produces = "text/event-stream")
		Flux<String> events() {
			return text();
		}

		/**
		 * Fails when it runs for the first time.
		 */
		@RequestMapping(path = "/broken", produces = "text/plain")
		Flux<String> broken() {
			return (this.runs.incrementAndGet() > 1) ? Flux.just(START, END) : beginning().concatWith(afterLoss("x"))
				.concatWith(Mono.error(new IllegalStateException("broken")));
		}

		@RequestMapping(path = "/endless", produces = "text/plain")
		Flux<String> endless() {
			this.runs.incrementAndGet();
			return beginning().concatWith(afterLoss("x".repeat(100_000)).repeat());
		}

		@RequestMapping("/file")
		ResponseEntity<Resource> file() throws IOException {
			this.runs.incrementAndGet();
			Path file = Files.createTempFile("goods", ".txt");
			file.toFile().deleteOnExit();
			Files.writeString(file, START + "x".repeat(3_500_000) + END);
			return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body(new FileSystemResource(file));
		}

		private static Flux<String> beginning() {
			return Flux.just(START, "x".repeat(70_000));
		}

		private Mono<String> afterLoss(String text) {
			return Mono.fromCallable(() -> {
				this.connection.lost.await();
				return text;
			}).subscribeOn(Schedulers.boundedElastic());
		}

	}

}
