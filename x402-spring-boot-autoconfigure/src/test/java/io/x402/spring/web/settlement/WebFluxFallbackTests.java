/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.PaymentRequired;
import io.x402.spring.store.PaymentStore;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Shop.Purchase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.reactive.ServerWebExchangeContextFilter;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What others write on WebFlux while a paid handler runs: a fallback was not paid for,
 * and what a filter makes of the handler's response was.
 */
class WebFluxFallbackTests {

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

	@BeforeEach
	void reset() {
		signals().running = Sinks.empty();
		signals().end = Sinks.empty();
		signals().headers = null;
		signals().released = 0;
	}

	private static Signals signals() {
		return edge.bean(Signals.class);
	}

	/**
	 * A race is won before its loser is cancelled, and one that is kept is not cancelled
	 * at all.
	 */
	@ParameterizedTest
	@CsvSource({ "/free, race, /value", "/free, race, /void", "/free, race, /marked", "/free, race, /stream",
			"/free, keep, /value", "/free, keep, /void", "/free, keep, /marked", "/filter, race, /value",
			"/filter, race, /void", "/filter, race, /marked", "/filter, race, /stream", "/filter, keep, /value",
			"/filter, keep, /void", "/filter, keep, /marked" })
	void whenAFallbackIsWrittenWhileAPaidHandlerRunsThenItIsNotCharged(String by, String how, String to)
			throws IOException {
		// Spring looks at the headers of what a handler is going to return
		boolean ours = to.equals("/void") || to.equals("/stream");
		Purchase purchase = buy(by, how, to, "text");
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo(SORRY);
		assertThat(purchase.response().header("X-Sorry")).isEqualTo(ours ? "yes" : "");
		assertUncharged(purchase);
	}

	@ParameterizedTest
	@CsvSource({ "/free, race, empty, 202", "/free, keep, empty, 202", "/free, race, nothing, 200",
			"/free, keep, nothing, 200", "/filter, race, empty, 202", "/filter, keep, empty, 202",
			"/filter, race, nothing, 500", "/filter, keep, nothing, 500" })
	void whenAFallbackHasNoBodyThenNothingIsCharged(String by, String how, String then, int status) throws IOException {
		Purchase purchase = buy(by, how, "/value", then);
		assertThat(purchase.response().status()).isEqualTo(status);
		assertUncharged(purchase);
	}

	/**
	 * A handler that was not cancelled goes on with the headers that it has, as long as
	 * it takes to give its payment back.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "/free", "/filter" })
	void whenTheHandlerSetsHeadersWhileItsPaymentIsGivenBackThenTheyDoNotLeave(String by) throws IOException {
		Purchase purchase = buy(by, "keep", "/early", "text");
		assertThat(signals().released).isPositive();
		assertThat(purchase.response().bodyText()).isEqualTo(SORRY);
		assertThat(purchase.response().headers("X-Goods")).isEmpty();
		assertUncharged(purchase);
	}

	/**
	 * What the handler has begun to write is held, and nothing else is written meanwhile.
	 */
	@ParameterizedTest
	@CsvSource({ "/free, race", "/free, keep", "/filter, race", "/filter, keep" })
	void whenAFallbackIsWrittenWhileThePaidHandlerWritesThenNothingIsCharged(String by, String how) throws IOException {
		assertUncharged(buy(by, how, "/written", "text"));
	}

	private static void assertUncharged(Purchase purchase) {
		assertThat(purchase.response().shows(SECRET)).as(purchase.response().toString()).isFalse();
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(edge.isReleased(purchase.payment())).isTrue();
		signals().end.tryEmitEmpty();
		assertThat(edge.isReleased(purchase.payment())).isTrue();
		assertThat(purchase.script().settlements()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "rewrite", "collect", "after", "beside", "detach", "context" })
	void whenAFilterWritesWhatAPaidHandlerHasWrittenThenThatIsSold(String filter) throws IOException {
		Payment payment = edge.payment("/value");
		Script script = edge.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = edge.get("/goods", payment.headerLine(), "X-Filter: " + filter);
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.bodyText()).isEqualTo(SECRET);
		assertThat(response.headers("PAYMENT-RESPONSE")).hasSize(1);
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenAPaidHandlerWritesToTheResponseOfAFilterThenThatIsSold() throws IOException {
		Payment payment = edge.payment("/value");
		Script script = edge.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = edge.get("/around", payment.headerLine(), "X-Filter: context");
		assertThat(response.bodyText()).isEqualTo(SECRET);
		assertThat(response.headers("PAYMENT-RESPONSE")).hasSize(1);
		assertThat(script.settlements()).isOne();
	}

	private static Purchase buy(String by, String how, String to, String then) throws IOException {
		Payment payment = edge.payment("/value");
		Script script = edge.script(payment, SettleBehaviour.SETTLED);
		String target = by.equals("/free") ? "/free?to=" + to : to;
		return new Purchase(payment, script, edge.get(target, payment.headerLine(),
				"X-Filter: " + (by.equals("/free") ? "no" : how), "X-How: " + how, "X-Then: " + then));
	}

	private static Mono<DataBuffer> text(String text) {
		return Mono
			.fromSupplier(() -> DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8)));
	}

	private static String header(ServerWebExchange exchange, String name) {
		return String.valueOf(exchange.getRequest().getHeaders().getFirst(name));
	}

	/**
	 * When the handler has begun, and when it may end.
	 */
	static final class Signals {

		volatile Sinks.Empty<Void> running = Sinks.empty();

		volatile Sinks.Empty<Void> end = Sinks.empty();

		volatile @Nullable HttpHeaders headers;

		volatile int released;

		/**
		 * The payment is being given back.
		 */
		void release() {
			HttpHeaders own = this.headers;
			if (own != null) {
				this.released++;
				own.set("X-Goods", SECRET);
			}
		}

		/**
		 * Ends when the test says so, long after the fallback.
		 */
		Mono<Void> waiting() {
			return this.end.asMono().doOnSubscribe((subscription) -> this.running.tryEmitEmpty());
		}

		Mono<Void> fallback(ServerWebExchange exchange) {
			return Mono.defer(() -> this.running.asMono()).then(Mono.defer(() -> {
				ServerHttpResponse response = exchange.getResponse();
				switch (header(exchange, "X-Then")) {
					case "text" -> {
						response.getHeaders().set("X-Sorry", "yes");
						return response.writeWith(text(SORRY));
					}
					case "empty" -> {
						response.setStatusCode(HttpStatus.ACCEPTED);
						return response.setComplete();
					}
					default -> {
						return Mono.empty();
					}
				}
			}));
		}

		Mono<Void> race(Mono<Void> call, ServerWebExchange exchange, String how) {
			return how.equals("race") ? Mono.firstWithSignal(call, fallback(exchange))
					: Mono.deferContextual((context) -> {
						Mono<Void> kept = Mono.fromFuture(call.contextWrite(context).toFuture(), true);
						return Mono.firstWithSignal(kept, fallback(exchange));
					});
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ PaidController.class, FreeController.class })
	static class GoodsConfiguration {

		@Bean
		Signals signals() {
			return new Signals();
		}

		/**
		 * Tells when a payment is given back.
		 */
		@Bean
		static BeanPostProcessor releases(ObjectProvider<Signals> signals) {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					if (!(bean instanceof PaymentStore)) {
						return bean;
					}
					return Proxy.newProxyInstance(getClass().getClassLoader(), ClassUtils.getAllInterfaces(bean),
							(proxy, method, arguments) -> {
								signals.ifAvailable(Signals::release);
								return ReflectionUtils.invokeMethod(method, bean, arguments);
							});
				}

			};
		}

		/**
		 * Puts the exchange that it sees into the context.
		 */
		@Bean
		WebFilter contextFilter() {
			ServerWebExchangeContextFilter filter = new ServerWebExchangeContextFilter();
			return (exchange, chain) -> header(exchange, "X-Filter").equals("context") ? filter.filter(exchange, chain)
					: chain.filter(exchange);
		}

		@Bean
		WebFilter writingFilter(Signals signals) {
			return (exchange, chain) -> {
				String name = header(exchange, "X-Filter");
				switch (name) {
					case "race", "keep" -> {
						return signals.race(chain.filter(exchange), exchange, name);
					}
					case "rewrite", "collect", "detach" -> {
						return chain
							.filter(exchange.mutate().response(new Rewritten(exchange.getResponse(), name)).build());
					}
					case "after" -> {
						Collected collected = new Collected(exchange.getResponse());
						return chain.filter(exchange.mutate().response(collected).build())
							.then(Mono.defer(() -> exchange.getResponse().writeWith(Mono.just(collected.body()))));
					}
					case "beside" -> {
						Handed handed = new Handed(exchange.getResponse());
						return Mono.when(chain.filter(exchange.mutate().response(handed).build()),
								handed.written.asMono()
									.then(Mono.defer(() -> exchange.getResponse().writeWith(handed.body))));
					}
					default -> {
						return chain.filter(exchange);
					}
				}
			};
		}

	}

	/**
	 * Writes something else than it is given, also with a delay or on its own account.
	 */
	static final class Rewritten extends ServerHttpResponseDecorator {

		private final String how;

		Rewritten(ServerHttpResponse delegate, String how) {
			super(delegate);
			this.how = how;
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
			getHeaders().setContentLength(SECRET.length());
			return switch (this.how) {
				case "rewrite" -> super.writeWith(Flux.from(body).map((buffer) -> buffer));
				case "collect" -> DataBufferUtils.join(body).flatMap((joined) -> super.writeWith(Mono.just(joined)));
				default -> Mono.fromFuture(super.writeWith(body).toFuture());
			};
		}

	}

	/**
	 * Keeps what it is given.
	 */
	static final class Collected extends ServerHttpResponseDecorator {

		private final AtomicReference<DataBuffer> collected = new AtomicReference<>();

		Collected(ServerHttpResponse delegate) {
			super(delegate);
		}

		DataBuffer body() {
			return this.collected.get();
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
			return DataBufferUtils.join(body).flatMap((joined) -> Mono.fromRunnable(() -> this.collected.set(joined)));
		}

	}

	/**
	 * Hands what it is given to another one, while the handler waits.
	 */
	static final class Handed extends ServerHttpResponseDecorator {

		private final Sinks.Empty<Void> written = Sinks.empty();

		private volatile Publisher<? extends DataBuffer> body = Mono.empty();

		Handed(ServerHttpResponse delegate) {
			super(delegate);
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> given) {
			this.body = given;
			return Mono.fromRunnable(this.written::tryEmitEmpty).then(Mono.delay(Duration.ofMillis(200))).then();
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		private final Signals signals;

		PaidController(Signals signals) {
			this.signals = signals;
		}

		@GetMapping("/goods")
		Mono<String> goods() {
			return Mono.just(SECRET);
		}

		@GetMapping("/around")
		Mono<Void> around() {
			return Mono.deferContextual((context) -> ServerWebExchangeContextFilter.getExchange(context)
				.orElseThrow()
				.getResponse()
				.writeWith(text(SECRET)));
		}

		@GetMapping("/value")
		Mono<String> value() {
			return this.signals.waiting().thenReturn(SECRET);
		}

		@GetMapping("/void")
		Mono<Void> nothing(ServerHttpResponse response) {
			return this.signals.waiting().then(Mono.defer(() -> {
				response.getHeaders().set("X-Goods", SECRET);
				return response.writeWith(text(SECRET));
			}));
		}

		@GetMapping("/marked")
		Mono<Void> marked(ServerHttpResponse response) {
			response.setStatusCode(HttpStatus.OK);
			response.getHeaders().set("X-Goods", SECRET);
			response.getHeaders().setContentLength(SECRET.length());
			return nothing(response);
		}

		@GetMapping("/early")
		Mono<Void> early(ServerHttpResponse response) {
			this.signals.headers = response.getHeaders();
			return this.signals.waiting();
		}

		@GetMapping("/stream")
		Mono<Void> stream(ServerHttpResponse response) {
			return this.signals.waiting().then(response.writeAndFlushWith(Flux.just(text(SECRET))));
		}

		@GetMapping("/written")
		Mono<Void> written(ServerHttpResponse response) {
			return response.writeWith(Flux.concat(text(SECRET), this.signals.waiting().then(text(SECRET))));
		}

	}

	@RestController
	static class FreeController {

		private final Signals signals;

		private final ObjectProvider<DispatcherHandler> dispatcher;

		FreeController(Signals signals, ObjectProvider<DispatcherHandler> dispatcher) {
			this.signals = signals;
			this.dispatcher = dispatcher;
		}

		@GetMapping("/free")
		Mono<Void> free(ServerWebExchange exchange) {
			String to = String.valueOf(exchange.getRequest().getQueryParams().getFirst("to"));
			ServerWebExchange inner = exchange.mutate().request((request) -> request.uri(URI.create(to))).build();
			return this.signals.race(this.dispatcher.getObject().handle(inner), exchange, header(exchange, "X-How"));
		}

	}

}
