/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an application on WebFlux wants to be done before a response is sent, such as to
 * save a session, and what fails of it when the response is settled already.
 */
class WebFluxCommitActionTests {

	private static final String SECRET = "s3cret-goods";

	private static final String SORRY = "come back later";

	private static WebFluxShop shop;

	@BeforeAll
	static void open() {
		shop = WebFluxShop.open(GoodsConfiguration.class, "x402.settlement.hold-limit=1024B");
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	/**
	 * A part of a stream, or what exceeds the limit, is settled before the rest is known.
	 */
	@ParameterizedTest
	@CsvSource({ "GET, /goods, error", "GET, /goods, filter", "GET, /goods, advice", "GET, /empty, error",
			"GET, /empty, filter", "GET, /large, error", "GET, /large, filter", "GET, /large, advice",
			"GET, /stream, error", "GET, /stream, filter", "GET, /stream, advice", "POST, /goods, filter",
			"POST, /large, error", "POST, /large, filter", "POST, /stream, filter", "POST, /stream, advice" })
	void whenAnActionFailsAfterTheSettlementThenNothingElseLeavesAndTheGoodsAreCollected(String method, String target,
			String then) throws IOException {
		Payment payment = shop.payment(target);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		shop.bean(AtomicInteger.class).set(1);
		WireResponse response = send(method, target, payment, then);
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.shows(SORRY)).as(response.toString()).isFalse();
		assertThat(response.shows(SECRET)).as(response.toString()).isFalse();
		assertThat(response.headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(response.headers("X-Sorry")).isEmpty();
		await().until(() -> !shop.claim(payment).active());
		assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.SETTLED);
		WireResponse again = send(method, target, payment, then);
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.headers("PAYMENT-RESPONSE")).hasSize(1);
		assertThat(again.bodyText()).isEqualTo(text(target));
		assertThat(script.settlements()).isOne();
	}

	private static String text(String target) {
		return switch (target) {
			case "/empty" -> "";
			case "/large" -> SECRET.repeat(200);
			default -> SECRET;
		};
	}

	private static WireResponse send(String method, String target, Payment payment, String then) throws IOException {
		try (WireExchange exchange = new WireExchange(shop.port())) {
			return exchange
				.send(method, target, payment.headerLine(), "X-Then: " + then, "Accept: text/plain",
						"Content-Length: 0")
				.receive();
		}
	}

	private static Mono<DataBuffer> buffer(String text) {
		return Mono
			.fromSupplier(() -> DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8)));
	}

	private static Mono<Void> sorry(ServerWebExchange exchange) {
		return Mono.defer(() -> {
			exchange.getResponse().getHeaders().set("X-Sorry", "yes");
			return exchange.getResponse().writeWith(buffer(SORRY));
		});
	}

	/**
	 * Stands around the filter that holds responses, as the session of a request does.
	 */
	static final class SavingFilter implements WebFilter, Ordered {

		private final AtomicInteger failures;

		SavingFilter(AtomicInteger failures) {
			this.failures = failures;
		}

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE + 10;
		}

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			exchange.getResponse()
				.beforeCommit(() -> (this.failures.getAndDecrement() > 0)
						? Mono.error(new IllegalStateException("not saved")) : Mono.empty());
			return chain.filter(exchange);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(PaidController.class)
	static class GoodsConfiguration {

		@Bean
		AtomicInteger failures() {
			return new AtomicInteger();
		}

		@Bean
		SavingFilter savingFilter(AtomicInteger failures) {
			return new SavingFilter(failures);
		}

		@Bean
		WebFilter hidingFilter() {
			return (exchange, chain) -> then(exchange).equals("filter")
					? chain.filter(exchange).onErrorResume((ex) -> sorry(exchange)) : chain.filter(exchange);
		}

	}

	private static String then(ServerWebExchange exchange) {
		return String.valueOf(exchange.getRequest().getHeaders().getFirst("X-Then"));
	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		@RequestMapping("/goods")
		String goods(ServerWebExchange exchange) {
			mark(exchange);
			return SECRET;
		}

		@RequestMapping("/empty")
		Mono<Void> empty(ServerWebExchange exchange) {
			mark(exchange);
			return exchange.getResponse().setComplete();
		}

		@RequestMapping("/large")
		Mono<Void> large(ServerWebExchange exchange) {
			mark(exchange);
			return exchange.getResponse().writeWith(Flux.range(0, 200).concatMap((i) -> buffer(SECRET)));
		}

		@RequestMapping("/stream")
		Mono<Void> stream(ServerWebExchange exchange) {
			mark(exchange);
			Flux<Publisher<DataBuffer>> parts = Flux.just(buffer(SECRET));
			return exchange.getResponse().writeAndFlushWith(parts);
		}

		private static void mark(ServerWebExchange exchange) {
			ServerHttpResponse response = exchange.getResponse();
			response.getHeaders().set("X-Goods", SECRET);
		}

		@ExceptionHandler
		Mono<Void> handle(IllegalStateException ex, ServerWebExchange exchange) {
			return then(exchange).equals("advice") ? sorry(exchange) : Mono.error(ex);
		}

	}

}
