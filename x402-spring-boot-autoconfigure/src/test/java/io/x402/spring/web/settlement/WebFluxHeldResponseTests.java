/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

import io.x402.spring.PaymentRequired;
import io.x402.spring.web.settlement.Shop.Purchase;
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
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Held responses on WebFlux and Reactor Netty.
 */
class WebFluxHeldResponseTests extends AbstractHeldResponseTests {

	/** Why rows of servlets do not run here. */
	private static final Map<String, String> OF_SERVLETS = Map.of( //
			"whenThereAreTrailersThenTheyAreSentOnlyOnceSettled",
			"A response of WebFlux has no trailers. Those of Reactor Netty are out of reach while it is held, see "
					+ "WebFluxPaymentTests.whenAHandlerReachesForTheConnectionThenNothingIsCharged.",
			"whenNonBlockingWritesAreAskedForThenTheHandlerFails",
			"All writes of WebFlux are non-blocking; WriteListener belongs to servlets.",
			"whenNobodyEndsAsynchronousProcessingThenNothingIsShownAndThePaymentIsFree",
			"WebFlux has no timeout of its own. Filters that have one are in WebFluxEndingTests.",
			"whenAListenerDispatchesAfterATimeoutThenThatIsSoldWithItsHeaders",
			"AsyncContext.dispatch belongs to servlets. The same by Mono.timeout is a row of both stacks.",
			"whenAFreeHandlerIncludesAPaidOneThenTheWholeIsSettled",
			"WebFlux does not include: a response is written once. What is written before a paid handler is a row of "
					+ "both stacks.",
			"whenTheContainerClosesTheResponseAroundTheGateThenItIsNotChargedUndelivered",
			"Named dispatchers belong to servlets.");

	@Override
	protected Edge open() {
		return new ReactiveEdge(WebFluxShop.open(GoodsConfiguration.class, PROPERTY));
	}

	@Test
	void whenARowIsOfServletsOnlyThenItIsExplained() {
		assertThat(OF_SERVLETS.keySet())
			.isEqualTo(Arrays.stream(AbstractServletHeldResponseTests.class.getDeclaredMethods())
				.map((method) -> method.getName())
				.filter((name) -> name.startsWith("when"))
				.collect(Collectors.toSet()));
	}

	/**
	 * Sources are ahead of their readers, also while what they wrote is settled.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "/ahead", "/ahead?status=404" })
	void whenTheHandlerChangesItsMindWhileItIsDecidedAboutThenTheResponseIsAsDecided(String target) throws IOException {
		Purchase purchase = this.edge.buy(target, SettleBehaviour.SETTLED);
		boolean sold = !target.contains("404");
		assertThat(purchase.response().status()).isEqualTo(sold ? 200 : 404);
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).hasSize(sold ? 1 : 0);
		assertThat(purchase.response().headers("X-Goods")).hasSize(sold ? 1 : 0);
		assertThat(purchase.response().headers("X-Later")).isEmpty();
		assertThat(purchase.response().body()).hasSize(LIMIT + 2);
		assertThat(purchase.script().settlements()).isEqualTo(sold ? 1 : 0);
	}

	/**
	 * The payment is given back while another handler that it covers still runs.
	 */
	@Test
	void whenOneOfTwoPaidHandlersFailsThenTheOtherOneWritesNothingForFree() throws Exception {
		Purchase purchase = buyThrough("/together", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo("sorry");
		assertThat(purchase.response().shows(SECRET)).isFalse();
		assertThat(purchase.script().settlements()).isZero();
		assertThat(this.edge.bean(Journal.class).entries).contains("written late");
		assertThat(this.edge.isReleased(purchase.payment())).isTrue();
	}

	private static DataBuffer buffer(byte[] bytes) {
		return DefaultDataBufferFactory.sharedInstance.wrap(bytes);
	}

	private static Mono<DataBuffer> text(String text) {
		return Mono.fromSupplier(() -> buffer(text.getBytes(StandardCharsets.UTF_8)));
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ PaidController.class, FreeController.class })
	static class GoodsConfiguration {

		@Bean
		Journal journal() {
			return new Journal();
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		private final Journal journal;

		private final ObjectProvider<DispatcherHandler> dispatcher;

		PaidController(Journal journal, ObjectProvider<DispatcherHandler> dispatcher) {
			this.journal = journal;
			this.dispatcher = dispatcher;
		}

		@GetMapping("/goods")
		Mono<Void> goods(ServerHttpResponse response) {
			this.journal.entries.add("goods");
			return response.writeWith(text(SECRET));
		}

		@GetMapping("/broken")
		Mono<Void> broken(ServerHttpResponse response) {
			response.getHeaders().set("X-Goods", SECRET);
			return response.writeWith(Flux.concat(text(SECRET), Mono.error(new IllegalStateException("no goods"))));
		}

		/**
		 * Writes when another handler has failed.
		 */
		@GetMapping("/late-goods")
		Mono<Void> lateGoods(ServerHttpResponse response) {
			return this.journal.failed.asMono().then(Mono.defer(() -> {
				this.journal.entries.add("written late");
				response.getHeaders().set("X-Goods", SECRET);
				response.addCookie(ResponseCookie.from("goods", SECRET).build());
				response.setStatusCode(HttpStatus.ACCEPTED);
				return response.writeWith(text(SECRET)).then(response.setComplete());
			}));
		}

		@GetMapping("/length/{length}")
		Mono<Void> length(@PathVariable int length, ServerHttpResponse response) {
			return response.writeWith(steps((step) -> switch (step) {
				case 0 -> new byte[length];
				default -> end("written");
			}));
		}

		private byte[] end(String entry) {
			this.journal.entries.add(entry);
			return new byte[0];
		}

		@GetMapping("/declared")
		Mono<Void> declared(ServerHttpResponse response) {
			response.getHeaders().setContentLength(LIMIT + 1);
			return response.writeWith(steps((step) -> switch (step) {
				case 0 -> new byte[1];
				case 1 -> {
					this.journal.entries.add("first byte");
					yield new byte[LIMIT];
				}
				default -> new byte[0];
			}));
		}

		@GetMapping("/large")
		Mono<Void> large(ServerHttpResponse response) {
			byte[] block = new byte[100];
			return response.writeWith(steps((step) -> {
				this.journal.produced.addAndGet((step > 0) ? block.length : 0);
				return (step < 50_000) ? block : new byte[0];
			}));
		}

		/**
		 * Make a step when the one before was taken; one without bytes is the last.
		 */
		private static Flux<DataBuffer> steps(IntFunction<byte[]> step) {
			return Flux.generate(() -> 0, (number, sink) -> {
				byte[] bytes = step.apply(number);
				if (bytes.length > 0) {
					sink.next(buffer(bytes));
				}
				else {
					sink.complete();
				}
				return number + 1;
			});
		}

		@GetMapping("/error-then-success")
		Mono<Void> errorThenSuccess(ServerHttpResponse response) {
			response.setStatusCode(HttpStatus.NOT_FOUND);
			return response.writeWith(Mono.fromSupplier(() -> buffer(new byte[LIMIT + 1])))
				.then(Mono.fromRunnable(() -> change(response, HttpStatus.OK)));
		}

		@GetMapping("/settled-then-reset")
		Mono<Void> settledThenReset(ServerHttpResponse response) {
			return response.writeWith(steps((step) -> {
				if (step == 1) {
					reset(response);
				}
				return new byte[(step < 2) ? LIMIT + 1 : 0];
			})).then(Mono.fromRunnable(() -> reset(response)));
		}

		private static void reset(ServerHttpResponse response) {
			response.setStatusCode(HttpStatus.INTERNAL_SERVER_ERROR);
			try {
				response.getHeaders().clear();
			}
			catch (UnsupportedOperationException ex) {
				// Too late
			}
		}

		private static void change(ServerHttpResponse response, HttpStatus status) {
			response.setStatusCode(status);
			try {
				response.getHeaders().remove("X-Goods");
				response.getHeaders().set("X-Later", SECRET);
			}
			catch (UnsupportedOperationException ex) {
				// Too late
			}
		}

		@GetMapping("/ahead")
		Mono<Void> ahead(@RequestParam(defaultValue = "200") int status, ServerHttpResponse response) {
			response.setRawStatusCode(status);
			response.getHeaders().set("X-Goods", SECRET);
			// The second source is subscribed to when the first has ended
			return response
				.writeWith(Flux.concat(Mono.fromSupplier(() -> buffer(new byte[LIMIT + 1])), Mono.defer(() -> {
					change(response, (status == 200) ? HttpStatus.INTERNAL_SERVER_ERROR : HttpStatus.OK);
					return Mono.fromSupplier(() -> buffer(new byte[1]));
				})));
		}

		@GetMapping("/reset")
		Mono<Void> reset(ServerWebExchange exchange) {
			ServerHttpResponse response = exchange.getResponse();
			response.getHeaders().set("X-Before", "1");
			return response
				.writeWith(Flux.concat(text("before " + SECRET), Mono.error(new IllegalStateException("changed"))))
				.onErrorResume((ex) -> {
					response.getHeaders().remove("X-Before");
					return response.writeWith(text("after " + SECRET));
				});
		}

		@GetMapping("/reserved")
		String reserved(ServerHttpResponse response) {
			response.getHeaders().set("PAYMENT-RESPONSE", "forged");
			response.getHeaders().add("payment-response", "forged");
			response.getHeaders().add("X-Payment-Response", "1");
			response.getHeaders().setDate("PAYMENT-REQUIRED", 1);
			response.getHeaders().add("PAYMENT-REQUIRED", "1");
			response.getHeaders().set("Settlement-Overrides", "amount=0");
			response.getHeaders().add("X-Number", "7");
			return SECRET;
		}

		@GetMapping("/early-hints")
		Mono<Void> earlyHints(ServerHttpResponse response) {
			response.getHeaders().set("Link", "</" + SECRET + ">; rel=preload");
			response.setStatusCode(HttpStatus.EARLY_HINTS);
			return response.writeWith(text(SECRET));
		}

		@GetMapping("/late")
		Mono<Void> late(ServerHttpResponse response) {
			response.getHeaders().set("X-Goods", "yes");
			return response.writeWith(Flux.concat(text("too late"), Mono.never()))
				.timeout(Duration.ofMillis(50), Mono.defer(() -> response.writeWith(text(SECRET))));
		}

		@GetMapping("/paid-fallback")
		Mono<Void> paidFallback(ServerWebExchange exchange) {
			return forward(this.dispatcher, exchange, "/broken")
				.onErrorResume((ex) -> exchange.getResponse().writeWith(text(SECRET)));
		}

		@GetMapping("/sendfile")
		Mono<Void> sendFile(@RequestParam String file, @RequestParam boolean fails, ServerHttpResponse response)
				throws IOException {
			return fails ? Mono.error(new IllegalStateException("no goods"))
					: ((ZeroCopyHttpOutputMessage) response).writeWith(Path.of(file), 0, Files.size(Path.of(file)));
		}

	}

	private static Mono<Void> forward(ObjectProvider<DispatcherHandler> dispatcher, ServerWebExchange exchange,
			String target) {
		return dispatcher.getObject()
			.handle(exchange.mutate().request((request) -> request.uri(URI.create(target))).build());
	}

	@RestController
	static class FreeController {

		private final ObjectProvider<DispatcherHandler> dispatcher;

		private final Journal journal;

		FreeController(Journal journal, ObjectProvider<DispatcherHandler> dispatcher) {
			this.journal = journal;
			this.dispatcher = dispatcher;
		}

		@GetMapping("/free")
		Mono<Void> free(ServerHttpResponse response) {
			response.getHeaders().set("PAYMENT-RESPONSE", "from another server");
			return response.writeWith(text("free"));
		}

		@GetMapping("/through")
		Mono<Void> through(ServerWebExchange exchange) {
			return forward(this.dispatcher, exchange, "/goods");
		}

		@GetMapping("/begun")
		Mono<Void> begun(ServerWebExchange exchange) {
			Publisher<Publisher<DataBuffer>> parts = Flux.concat(Flux.just(text("head ")),
					forward(this.dispatcher, exchange, "/goods").then(Mono.empty()));
			return exchange.getResponse().writeAndFlushWith(parts);
		}

		@GetMapping("/fallback")
		Mono<Void> fallback(@RequestParam String to, ServerWebExchange exchange) {
			return forward(this.dispatcher, exchange, "/broken").onErrorResume((ex) -> to.equals("paid")
					? forward(this.dispatcher, exchange, "/goods") : exchange.getResponse().writeWith(text("sorry")));
		}

		@GetMapping("/together")
		Mono<Void> together(ServerWebExchange exchange) {
			return Mono
				.whenDelayError(
						forward(this.dispatcher, exchange, "/broken")
							.doOnError((ex) -> this.journal.failed.tryEmitEmpty()),
						forward(this.dispatcher, exchange, "/late-goods"))
				.onErrorResume((ex) -> exchange.getResponse().writeWith(text("sorry")));
		}

	}

}
