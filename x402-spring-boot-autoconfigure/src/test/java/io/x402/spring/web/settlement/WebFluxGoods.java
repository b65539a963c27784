/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.web.reactive.ServerProtectedRequestPolicy;
import io.x402.spring.web.reactive.ServerProtectedRequestPolicy.Decision;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.multipart.FormFieldPart;
import org.springframework.http.codec.multipart.Part;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * A shop on WebFlux whose handlers count their runs.
 */
@Configuration(proxyBeanMethods = false)
@Import(WebFluxGoods.Handlers.class)
class WebFluxGoods {

	static final String SECRET = "golden-goods";

	/**
	 * What has become of the handlers.
	 */
	static class Runs {

		final AtomicInteger count = new AtomicInteger();

		final AtomicInteger cancelled = new AtomicInteger();

		final AtomicLong produced = new AtomicLong();

	}

	@Bean
	Runs runs() {
		return new Runs();
	}

	@Bean
	ServerProtectedRequestPolicy policy() {
		return (exchange, offers) -> Mono.justOrEmpty(exchange.getRequest().getHeaders().getFirst("X-Policy"))
			.map(Decision::valueOf);
	}

	/**
	 * Stands within the filter that holds responses.
	 */
	@Bean
	WebFilter hidesFailures() {
		return (exchange, chain) -> exchange.getRequest().getPath().value().equals("/hidden-failure")
				? chain.filter(exchange).onErrorComplete() : chain.filter(exchange);
	}

	/**
	 * Sends a request through once more, around everything that holds responses.
	 */
	@Bean
	WebFilter retries() {
		return new RetryingFilter();
	}

	/**
	 * Priced by {@code x402.routes}.
	 */
	@Bean
	HandlerMapping sockets() {
		WebSocketHandler handler = (session) -> session.send(Flux.just(session.textMessage(SECRET)));
		return new SimpleUrlHandlerMapping(
				Map.of("/socket", handler, "/socket-upfront", handler, "/socket-free", handler), -1);
	}

	/**
	 * Subscribes once more to a chain that has failed.
	 */
	static class RetryingFilter implements WebFilter, Ordered {

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE + 10;
		}

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			Mono<Void> handled = chain.filter(exchange);
			return exchange.getRequest().getPath().value().equals("/retried") ? handled.retry(1) : handled;
		}

	}

	/**
	 * Handlers.
	 */
	@RestController
	static class Handlers {

		private final Runs runs;

		Handlers(Runs runs) {
			this.runs = runs;
		}

		@GetMapping("/free")
		String free() {
			return "free";
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/thread")
		Mono<String> thread() {
			return Mono.fromSupplier(() -> Thread.currentThread().getName());
		}

		@GetMapping("/goods")
		@PaymentRequired(price = "$0.01")
		@CrossOrigin("https://app.example")
		Mono<String> goods() {
			int run = this.runs.count.incrementAndGet();
			return Mono.delay(Duration.ofMillis(100)).thenReturn("goods-" + run);
		}

		@GetMapping("/payers")
		@PaymentRequired(price = "$0.01")
		Mono<String> payers(VerifiedPayment payment, Optional<VerifiedPayment> optional, Mono<VerifiedPayment> later) {
			return later.map((mono) -> payment.payer() + " " + optional.orElseThrow().payer() + " " + mono.payer());
		}

		@PostMapping("/echo")
		@PaymentRequired(price = "$0.01")
		Mono<String> echo(@RequestBody String body) {
			this.runs.count.incrementAndGet();
			return Mono.just(SECRET + body.length() + body.substring(0, Math.min(20, body.length())));
		}

		@PostMapping("/ignored")
		@PaymentRequired(price = "$0.01")
		Mono<String> ignored() {
			return Mono.just(SECRET);
		}

		@PostMapping("/free-ignored")
		Mono<String> ignoredForFree() {
			return Mono.just(SECRET);
		}

		@PostMapping("/form")
		@PaymentRequired(price = "$0.01")
		Mono<String> form(ServerWebExchange exchange) {
			this.runs.count.incrementAndGet();
			return exchange.getFormData().map((form) -> SECRET + form);
		}

		@PostMapping("/parts")
		@PaymentRequired(price = "$0.01")
		Mono<String> parts(ServerWebExchange exchange) {
			this.runs.count.incrementAndGet();
			return exchange.getMultipartData().map(Handlers::text);
		}

		private static String text(MultiValueMap<String, Part> parts) {
			return SECRET + parts.keySet() + ((FormFieldPart) parts.getFirst("name")).value();
		}

		@GetMapping("/slow")
		@PaymentRequired(price = "$0.01")
		Mono<String> slow() {
			return Mono.delay(Duration.ofMinutes(2))
				.thenReturn(SECRET)
				.doOnSubscribe((subscription) -> this.runs.count.incrementAndGet())
				.doOnCancel(this.runs.cancelled::incrementAndGet);
		}

		@GetMapping(path = "/events", produces = "text/event-stream")
		@PaymentRequired(price = "$0.01")
		Flux<String> events() {
			return Flux.interval(Duration.ofMillis(100)).map((i) -> SECRET + i).take(4);
		}

		@GetMapping(path = "/events-fail", produces = "text/event-stream")
		@PaymentRequired(price = "$0.01")
		Flux<String> failingEvents() {
			this.runs.count.incrementAndGet();
			return Flux.concat(Flux.just(SECRET), Flux.error(new IllegalStateException("no more goods")));
		}

		@GetMapping(path = "/endless", produces = "text/plain")
		@PaymentRequired(price = "$0.01")
		Flux<String> endless() {
			return Flux.<String>generate((sink) -> {
				this.runs.produced.addAndGet(1000);
				sink.next("x".repeat(1000));
			}).doOnCancel(this.runs.cancelled::incrementAndGet);
		}

		@GetMapping("/cut")
		@PaymentRequired(price = "$0.01")
		Mono<Void> cut(ServerHttpResponse response) {
			response.getHeaders().setContentLength(300_000);
			return response.writeWith(Flux.range(0, 200).map((i) -> buffer("x".repeat(1000))));
		}

		@GetMapping("/native")
		@PaymentRequired(price = "$0.01")
		Mono<Void> around(ServerHttpResponse response) {
			ServerHttpResponseDecorator.getNativeResponse(response);
			return Mono.empty();
		}

		@GetMapping("/late")
		@PaymentRequired(price = "$0.01")
		Mono<Void> late(ServerHttpResponse response) {
			response.getHeaders().set("X-Goods", SECRET);
			response.writeWith(Mono.delay(Duration.ofSeconds(1)).map((tick) -> buffer(SECRET))).subscribe();
			return Mono.empty();
		}

		@GetMapping("/commit-fails")
		@PaymentRequired(price = "$0.01")
		Mono<String> commitFails(ServerHttpResponse response) {
			response.beforeCommit(() -> Mono.error(new UnsupportedOperationException("not saved")));
			return Mono.just(SECRET);
		}

		@ExceptionHandler(UnsupportedOperationException.class)
		ResponseEntity<String> handle() {
			return ResponseEntity.unprocessableContent().body("sorry");
		}

		@GetMapping("/hidden-failure")
		@PaymentRequired(price = "$0.01")
		Mono<String> hiddenFailure() {
			return Mono.error(new IllegalStateException("no goods"));
		}

		@GetMapping("/retried")
		@PaymentRequired(price = "$0.01")
		Mono<String> retried() {
			return (this.runs.count.incrementAndGet() == 1) ? Mono.error(new IllegalStateException("not this time"))
					: Mono.just(SECRET);
		}

		@GetMapping(path = "/reset", produces = "text/event-stream")
		@PaymentRequired(price = "$0.01")
		Flux<String> reset() {
			return Flux.concat(Mono.just(SECRET), Mono.error(new IOException("Connection reset by peer")));
		}

		@GetMapping("/twice")
		@PaymentRequired(price = "$0.01")
		Mono<Void> twice(ServerHttpResponse response) {
			return response.writeWith(Mono.fromSupplier(() -> buffer(SECRET)))
				.then(response.writeWith(Mono.fromSupplier(() -> buffer("more"))));
		}

		@GetMapping("/reserved")
		@PaymentRequired(price = "$0.01")
		Mono<String> reserved(ServerHttpResponse response) {
			response.getHeaders().set("PAYMENT-RESPONSE", "forged");
			response.getHeaders().set("Cache-Control", "public, max-age=60");
			return Mono.just(SECRET);
		}

		@GetMapping("/upfront")
		@PaymentRequired(price = "$0.01", flow = PaymentFlow.UPFRONT)
		Mono<String> upfront(VerifiedPayment payment) {
			int run = this.runs.count.incrementAndGet();
			return (run == 1) ? Mono.error(new IllegalStateException("not this time"))
					: Mono.just(String.valueOf(payment.receipt() != null));
		}

		@PostMapping("/stream-in")
		@PaymentRequired(price = "$0.01")
		Mono<String> streamIn(@RequestBody Flux<DataBuffer> body) {
			return body.map((buffer) -> {
				int length = buffer.readableByteCount();
				DataBufferUtils.release(buffer);
				return length;
			}).reduce(0, Integer::sum).map((sum) -> SECRET + sum);
		}

		private static DataBuffer buffer(String text) {
			return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
		}

	}

}
