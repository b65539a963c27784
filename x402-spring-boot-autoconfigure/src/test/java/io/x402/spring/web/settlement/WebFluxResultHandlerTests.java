/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.x402.spring.PaymentRequired;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Shop.Purchase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What paid handlers of WebFlux return may be written by others than Spring: by a handler
 * of results that comes before all others, or by whatever has called the adapter of the
 * paid handler.
 */
class WebFluxResultHandlerTests {

	private static final String SECRET = "s3cret-goods";

	private static final String SORRY = "come back later";

	private static ReactiveEdge edge;

	@BeforeAll
	static void open() {
		edge = new ReactiveEdge(WebFluxShop.open(GoodsConfiguration.class));
	}

	@AfterAll
	static void close() {
		edge.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/ticket", "/ticket-value", "/ticket-stream", "/free/ticket", "/free/ticket-value",
			"/free/ticket-stream" })
	void whenOthersWriteTheResultOfAPaidHandlerThenItIsSold(String target) throws IOException {
		Purchase purchase = buy(target);
		assertThat(purchase.response().bodyText()).isEqualTo(SECRET);
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).hasSize(1);
		assertThat(purchase.script().settlements()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/failing-value", "/failing-stream", "/failing-text", "/free/failing-value",
			"/free/failing-stream" })
	void whenTheResultFailsThenWhatAFilterWritesInItsPlaceIsNotCharged(String target) throws IOException {
		Purchase purchase = buy(target);
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo(SORRY);
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(edge.isReleased(purchase.payment())).isTrue();
		assertThat(purchase.script().settlements()).isZero();
	}

	/**
	 * A look at what a handler returns, as that of the handler of results, takes nothing.
	 */
	@Test
	void whenAFallbackIsWrittenWhileTheResultIsAwaitedThenItIsNotCharged() throws IOException {
		Purchase purchase = buy("/never");
		assertThat(purchase.response().bodyText()).isEqualTo(SORRY);
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(edge.isReleased(purchase.payment())).isTrue();
		assertThat(purchase.script().settlements()).isZero();
	}

	private static Purchase buy(String target) throws IOException {
		Payment payment = edge.payment("/ticket");
		Script script = edge.script(payment, SettleBehaviour.SETTLED);
		return new Purchase(payment, script, edge.pay(target, payment));
	}

	private static Mono<Void> write(ServerWebExchange exchange, HandlerResult result) {
		Object value = result.getReturnValue();
		Publisher<?> tickets = (value instanceof Publisher<?> publisher) ? publisher : Mono.justOrEmpty(value);
		return exchange.getResponse().writeWith(Flux.from(tickets).map((ticket) -> text(((Ticket) ticket).text())));
	}

	private static DataBuffer text(String text) {
		return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Goods of a type that Spring knows nothing about.
	 */
	record Ticket(String text) {

		@Override
		public String text() {
			if (this.text.isEmpty()) {
				throw new IllegalStateException("no goods");
			}
			return this.text;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ PaidController.class, FreeController.class })
	static class GoodsConfiguration {

		@Bean
		TicketResultHandler ticketResultHandler() {
			return new TicketResultHandler();
		}

		@Bean
		WebFilter fallbackFilter() {
			return (exchange, chain) -> {
				Mono<Void> fallback = Mono.defer(() -> exchange.getResponse().writeWith(Mono.just(text(SORRY))));
				Mono<Void> served = chain.filter(exchange).onErrorResume((ex) -> fallback);
				return !exchange.getRequest().getPath().value().equals("/never") ? served
						: Mono.firstWithSignal(served, Mono.delay(Duration.ofMillis(500)).then(fallback));
			};
		}

	}

	/**
	 * Writes tickets before Spring, or anyone else, looks at them.
	 */
	static final class TicketResultHandler implements HandlerResultHandler, Ordered {

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

		@Override
		public boolean supports(HandlerResult result) {
			return result.getReturnValue() instanceof Ticket
					|| result.getReturnType().getGeneric().resolve() == Ticket.class;
		}

		@Override
		public Mono<Void> handleResult(ServerWebExchange exchange, HandlerResult result) {
			return write(exchange, result);
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		@GetMapping("/ticket")
		Ticket ticket() {
			return new Ticket(SECRET);
		}

		@GetMapping("/ticket-value")
		Mono<Ticket> value() {
			return Mono.fromSupplier(this::ticket);
		}

		@GetMapping("/ticket-stream")
		Flux<Ticket> stream() {
			return Flux.just(ticket());
		}

		@GetMapping("/never")
		CompletableFuture<String> never() {
			return new CompletableFuture<>();
		}

		@GetMapping("/failing-value")
		Mono<Ticket> failingValue() {
			return Mono.error(new IllegalStateException("no goods"));
		}

		@GetMapping("/failing-stream")
		Flux<Ticket> failingStream() {
			return Flux.error(new IllegalStateException("no goods"));
		}

		@GetMapping("/failing-text")
		Mono<Ticket> failingText() {
			return Mono.just(new Ticket(""));
		}

	}

	/**
	 * Calls the adapter of a paid handler and writes the result itself.
	 */
	@RestController
	static class FreeController {

		private final ObjectProvider<RequestMappingHandlerMapping> mappings;

		private final ObjectProvider<HandlerAdapter> adapters;

		FreeController(ObjectProvider<RequestMappingHandlerMapping> mappings, ObjectProvider<HandlerAdapter> adapters) {
			this.mappings = mappings;
			this.adapters = adapters;
		}

		@GetMapping("/free/{to}")
		Mono<Void> free(ServerWebExchange exchange) {
			String to = exchange.getRequest().getPath().value().substring("/free".length());
			ServerWebExchange inner = exchange.mutate().request((request) -> request.uri(URI.create(to))).build();
			return Flux.fromStream(this.mappings::orderedStream)
				.concatMap((mapping) -> mapping.getHandler(inner))
				.next()
				.flatMap((handler) -> adapter(handler).handle(inner, handler))
				.flatMap((result) -> write(exchange, result));
		}

		private HandlerAdapter adapter(Object handler) {
			return this.adapters.orderedStream()
				.filter((adapter) -> adapter.supports(handler))
				.findFirst()
				.orElseThrow();
		}

	}

}
