/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import io.x402.spring.PaymentRequired;
import io.x402.spring.web.settlement.Shop.Purchase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Paid handlers of WebFlux that fail before they have written anything, in every way in
 * which they can, and what is responded in their place.
 */
class WebFluxFailedHandlerTests {

	private static final String SORRY = "come back later";

	private static final Duration AFTERWARDS = Duration.ofMillis(300);

	private static Edge edge;

	@BeforeAll
	static void open() {
		edge = new ReactiveEdge(WebFluxShop.open(GoodsConfiguration.class, "x402.routes[0].path=/function/**",
				"x402.routes[0].price=$0.01", "x402.routes[1].path=/trial/function/**", "x402.routes[1].price=$0.01",
				"x402.routes[1].free-quota=1 per 1d"));
	}

	@AfterAll
	static void close() {
		edge.close();
	}

	@ParameterizedTest
	@CsvSource({ "/value, nothing, 500", "/value, exchange, 500", "/stream, nothing, 500", "/stream, exchange, 500",
			"/thrown, nothing, 500", "/thrown, exchange, 500", "/written, nothing, 500", "/written, exchange, 500",
			"/thrown-written, exchange, 500", "/value, not-found, 404", "/thrown, not-found, 404",
			"/written, not-found, 404" })
	void whenAnErrorHandlerWritesNothingThenNothingIsCharged(String path, String handler, int status)
			throws IOException {
		assertUncharged(buy(path + "?handler=" + handler), status, "");
	}

	@ParameterizedTest
	@CsvSource({ "/value, text", "/value, entity", "/stream, text", "/thrown, text", "/thrown, entity",
			"/written, text", "/written, entity", "/thrown-written, text" })
	void whenAnErrorHandlerRespondsThenThatIsSold(String path, String handler) throws IOException {
		Purchase purchase = buy(path + "?handler=" + handler);
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo(handler.equals("text") ? SORRY : "");
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).hasSize(1);
		assertThat(purchase.script().settlements()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/function/throws", "/function/fails", "/function/web", "/function/web-fails" })
	void whenAFilterRespondsInPlaceOfAFunctionThenThatIsNotCharged(String path) throws IOException {
		assertUncharged(buy("/filtered" + path), 200, SORRY);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/function/throws", "/function/fails", "/function/web", "/function/web-fails" })
	void whenAFreeHandlerRespondsInPlaceOfAFunctionThenThatIsNotCharged(String path) throws IOException {
		assertUncharged(buy("/free?to=" + path), 200, SORRY);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/function/throws", "/function/fails", "/function/web", "/function/web-fails" })
	void whenAnAdviceRespondsInPlaceOfAFunctionThenThatIsNotCharged(String path) throws IOException {
		assertUncharged(buy(path + "?handler=text"), 200, SORRY);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/function/throws", "/function/fails", "/function/web", "/function/web-fails" })
	void whenAFunctionFailsThenNothingIsCharged(String path) throws IOException {
		assertUncharged(buy(path + "?handler=none"), 500, null);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/function/throws", "/function/fails", "/function/web", "/function/web-fails" })
	void whenAFunctionFailsThatIsFreeThenTheCallIsNotCounted(String path) throws IOException {
		String target = "/filtered/trial" + path;
		for (int i = 0; i < 3; i++) {
			WireResponse response = edge.get(target);
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.bodyText()).isEqualTo(SORRY);
		}
	}

	private static void assertUncharged(Purchase purchase, int status, String text) throws IOException {
		assertThat(purchase.response().status()).isEqualTo(status);
		if (text != null && status == 200) {
			assertThat(purchase.response().bodyText()).isEqualTo(text);
		}
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(edge.isReleased(purchase.payment())).isTrue();
		assertThat(purchase.script().settlements()).isZero();
	}

	private static Purchase buy(String target) throws IOException {
		Payment payment = edge.payment("/value?handler=text");
		return new Purchase(payment, edge.script(payment), edge.pay(target, payment));
	}

	private static Mono<Void> sorry(ServerWebExchange exchange) {
		Mono<DataBuffer> text = Mono
			.fromSupplier(() -> DefaultDataBufferFactory.sharedInstance.wrap(SORRY.getBytes(StandardCharsets.UTF_8)));
		return exchange.getResponse().writeWith(text);
	}

	private static RuntimeException failure(String handler) {
		return switch (handler) {
			case "nothing" -> new UnsupportedOperationException();
			case "exchange" -> new IndexOutOfBoundsException();
			case "not-found" -> new ArithmeticException();
			case "text" -> new ClassCastException();
			case "entity" -> new ArrayStoreException();
			default -> new IllegalStateException("no goods");
		};
	}

	private static RuntimeException failure(ServerWebExchange exchange) {
		return failure(String.valueOf(exchange.getRequest().getQueryParams().getFirst("handler")));
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ PaidController.class, FreeController.class, Advice.class })
	static class GoodsConfiguration {

		@Bean
		WebFilter hidingFilter() {
			return (exchange, chain) -> {
				String path = exchange.getRequest().getPath().value();
				return !path.startsWith("/filtered") ? chain.filter(exchange)
						: chain
							.filter(exchange.mutate()
								.request((request) -> request.path(path.substring("/filtered".length())))
								.build())
							// The request ends some time after its response
							.onErrorResume((ex) -> sorry(exchange).then(Mono.delay(AFTERWARDS)).then());
			};
		}

		@Bean
		RouterFunction<ServerResponse> functions() {
			return RouterFunctions.route().GET("/function/throws", (request) -> {
				throw failure(request.exchange());
			})
				.GET("/function/fails", (request) -> Mono.error(failure(request.exchange())))
				.GET("/trial/function/throws", (request) -> {
					throw failure(request.exchange());
				})
				.GET("/trial/function/fails", (request) -> Mono.error(failure(request.exchange())))
				.build();
		}

		@Bean
		HandlerMapping webHandlers() {
			WebHandler throwing = (exchange) -> {
				throw failure(exchange);
			};
			WebHandler failing = (exchange) -> Mono.error(failure(exchange));
			return new SimpleUrlHandlerMapping(Map.of("/function/web", throwing, "/function/web-fails", failing,
					"/trial/function/web", throwing, "/trial/function/web-fails", failing), -1);
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		@GetMapping("/value")
		Mono<String> value(@RequestParam String handler) {
			return Mono.error(failure(handler));
		}

		@GetMapping(path = "/stream", produces = "text/plain")
		Flux<String> stream(@RequestParam String handler) {
			return Flux.error(failure(handler));
		}

		@GetMapping("/written")
		Mono<Void> written(@RequestParam String handler, ServerHttpResponse response) {
			return Mono.error(failure(handler));
		}

		@GetMapping("/thrown-written")
		Mono<Void> thrownInsteadOfWritten(@RequestParam String handler, ServerHttpResponse response) {
			throw failure(handler);
		}

		@GetMapping("/thrown")
		String thrown(@RequestParam String handler) {
			throw failure(handler);
		}

	}

	@RestController
	static class FreeController {

		private final ObjectProvider<DispatcherHandler> dispatcher;

		FreeController(ObjectProvider<DispatcherHandler> dispatcher) {
			this.dispatcher = dispatcher;
		}

		@GetMapping("/free")
		Mono<Void> free(@RequestParam String to, ServerWebExchange exchange) {
			return this.dispatcher.getObject()
				.handle(exchange.mutate().request((request) -> request.uri(URI.create(to))).build())
				.onErrorResume((ex) -> sorry(exchange));
		}

	}

	@RestControllerAdvice
	static class Advice {

		@ExceptionHandler(UnsupportedOperationException.class)
		void nothing() {
		}

		@ExceptionHandler(IndexOutOfBoundsException.class)
		Mono<Void> exchange(ServerWebExchange exchange) {
			return Mono.empty();
		}

		@ExceptionHandler(ArithmeticException.class)
		@ResponseStatus(HttpStatus.NOT_FOUND)
		void notFound() {
		}

		@ExceptionHandler(ClassCastException.class)
		String text() {
			return SORRY;
		}

		@ExceptionHandler(ArrayStoreException.class)
		ResponseEntity<Void> entity() {
			return ResponseEntity.ok().build();
		}

	}

}
