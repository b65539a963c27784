/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.x402.spring.PaymentRequired;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Shop.Purchase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * On WebFlux, a filter or a free handler may keep what a handler has written that fails
 * then, or that it gives up, and write it when it likes. Goods do not leave that way.
 */
class WebFluxKeptContentTests {

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
	@CsvSource({ "/goods/written, 200, 500", "/goods/slow, 200, 500", "/goods/stream, 200, 500",
			"/goods/parts, 200, 500", "/goods/handed, 200, 500", "/goods/written, 503, 503", "/goods/stream, 503, 503",
			"/free/written, 200, 500", "/free/stream, 200, 500", "/free/written, 503, 503" })
	void whenTheGoodsOfAFailedHandlerWereKeptThenTheyDoNotLeave(String target, int hidden, int status)
			throws IOException {
		Purchase purchase = buy(target, hidden);
		assertThat(purchase.response().shows(SECRET)).as(purchase.response().toString()).isFalse();
		assertThat(purchase.response().status()).isEqualTo(status);
		assertUncharged(purchase);

	}

	@ParameterizedTest
	@ValueSource(strings = { "/goods/value-fails", "/goods/stream-fails", "/goods/thrown", "/free/value-fails" })
	void whenAFailedHandlerHasWrittenNothingThenAFallbackIsNotCharged(String target) throws IOException {
		Purchase purchase = buy(target, 200);
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo(SORRY);
		assertUncharged(purchase);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/goods/well", "/free/well", "/goods/answers", "/free/answers" })
	void whenAHandlerEndsWellThenWhatWasKeptIsSold(String target) throws IOException {
		Purchase purchase = buy(target, 200);
		assertThat(purchase.response().bodyText()).isEqualTo(target.endsWith("well") ? SECRET : SORRY);
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).hasSize(1);
		assertThat(purchase.script().settlements()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "written", "stream" })
	void whenWhatAFailedHandlerWroteLeavesForFreeThenTheCallCounts(String how) throws IOException {
		assertThat(call("/trial-" + how, 200).bodyText()).isEqualTo(SECRET);
		assertThat(call("/trial-" + how, 200).status()).isEqualTo(402);
	}

	@ParameterizedTest
	@ValueSource(strings = { "written", "stream" })
	void whenAnErrorLeavesInPlaceOfAFailedHandlerThenTheCallDoesNotCount(String how) throws IOException {
		for (int i = 0; i < 3; i++) {
			assertThat(call("/error-trial-" + how, 503).status()).isEqualTo(503);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "value-fails", "stream-fails" })
	void whenAFreeCallHasWrittenNothingThenItDoesNotCount(String how) throws IOException {
		for (int i = 0; i < 3; i++) {
			assertThat(call("/trial-" + how, 200).bodyText()).isEqualTo(SORRY);
		}
	}

	private static void assertUncharged(Purchase purchase) throws IOException {
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(edge.isReleased(purchase.payment())).isTrue();
		assertThat(purchase.script().settlements()).isZero();
	}

	private static Purchase buy(String target, int hidden) throws IOException {
		Payment payment = edge.payment("/goods/well");
		Script script = edge.script(payment, SettleBehaviour.SETTLED);
		return new Purchase(payment, script, edge.get(target, payment.headerLine(), "X-Hidden: " + hidden));
	}

	private static WireResponse call(String target, int hidden) throws IOException {
		return edge.get(target, "X-Hidden: " + hidden);
	}

	private static DataBuffer text(String text) {
		return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Keep what is written, hide a failure, and write what was kept or a fallback.
	 */
	private static Mono<Void> keep(ServerWebExchange exchange, Called called) {
		Kept kept = new Kept(exchange.getResponse());
		return called.call(exchange.mutate().response(kept).build())
			.timeout(Duration.ofSeconds(1))
			.onErrorResume((ex) -> Mono.fromRunnable(() -> exchange.getResponse()
				.setStatusCode(HttpStatusCode.valueOf(
						Integer.parseInt(String.valueOf(exchange.getRequest().getHeaders().getFirst("X-Hidden")))))))
			.then(Mono.defer(() -> exchange.getResponse().writeWith(kept.body())));
	}

	/**
	 * What is called with the response of the one that keeps.
	 */
	interface Called {

		Mono<Void> call(ServerWebExchange exchange);

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ PaidController.class, FreeController.class })
	static class GoodsConfiguration {

		@Bean
		WebFilter keepingFilter() {
			return (exchange, chain) -> {
				boolean keeps = exchange.getRequest().getHeaders().containsHeader("X-Hidden")
						&& !exchange.getRequest().getPath().value().startsWith("/free");
				return keeps ? keep(exchange, chain::filter) : chain.filter(exchange);
			};
		}

	}

	/**
	 * Keeps what it is given, also of what is not complete.
	 */
	static final class Kept extends ServerHttpResponseDecorator {

		private final List<DataBuffer> parts = new CopyOnWriteArrayList<>();

		private volatile Publisher<? extends DataBuffer> handed = Flux.empty();

		Kept(ServerHttpResponse delegate) {
			super(delegate);
		}

		Publisher<? extends DataBuffer> body() {
			return Flux.fromIterable(this.parts).concatWith(this.handed).switchIfEmpty(Mono.just(text(SORRY)));
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
			if (getHeaders().containsHeader("X-Hand")) {
				this.handed = body;
				return Mono.empty();
			}
			this.parts.clear();
			return Flux.from(body)
				.doOnNext((buffer) -> this.parts.add(text(buffer.toString(StandardCharsets.UTF_8))))
				.then();
		}

		@Override
		public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
			return writeWith(Flux.from(body).concatMap((part) -> part));
		}

		@Override
		public Mono<Void> setComplete() {
			return Mono.empty();
		}

	}

	@RestController
	static class PaidController {

		private static Mono<Void> failure() {
			return Mono.error(new IllegalStateException("no goods"));
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/goods/thrown")
		Mono<String> thrown() {
			throw new IllegalStateException("no goods");
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/goods/well")
		Mono<String> well() {
			return Mono.just(SECRET);
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/goods/written")
		Mono<Void> written(ServerHttpResponse response) {
			return response.writeWith(Mono.fromSupplier(() -> text(SECRET))).then(failure());
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/goods/slow")
		Mono<Void> slow(ServerHttpResponse response) {
			return response.writeWith(Mono.fromSupplier(() -> text(SECRET))).then(Mono.never());
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/goods/handed")
		Mono<Void> handed(ServerHttpResponse response) {
			response.getHeaders().set("X-Hand", "yes");
			return response.writeWith(Mono.fromSupplier(() -> text(SECRET))).then(failure());
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/goods/parts")
		Mono<Void> parts(ServerHttpResponse response) {
			return response.writeAndFlushWith(Flux.just(Mono.fromSupplier(() -> text(SECRET)),
					Mono.<DataBuffer>error(new IllegalStateException("no goods"))));
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping(path = "/goods/stream", produces = "text/plain")
		Flux<String> stream() {
			return Flux.concat(Mono.just(SECRET), Mono.error(new IllegalStateException("no goods")));
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping("/goods/value-fails")
		Mono<String> valueFails() {
			return Mono.error(new IllegalStateException("no goods"));
		}

		@PaymentRequired(price = "$0.01")
		@GetMapping(path = "/goods/stream-fails", produces = "text/plain")
		Flux<String> streamFails() {
			return Flux.error(new IllegalStateException("no goods"));
		}

		/**
		 * The handler of its errors responds.
		 */
		@PaymentRequired(price = "$0.01")
		@GetMapping(path = "/goods/answers", produces = "text/plain")
		Flux<String> answers() {
			return Flux.concat(Mono.just(SECRET), Mono.error(new UnsupportedOperationException()));
		}

		@ExceptionHandler(UnsupportedOperationException.class)
		String answer() {
			return SORRY;
		}

		@PaymentRequired(price = "$0.01", freeQuota = "1 per 1d")
		@GetMapping("/trial-written")
		Mono<Void> trialWritten(ServerHttpResponse response) {
			return written(response);
		}

		@PaymentRequired(price = "$0.01", freeQuota = "1 per 1d")
		@GetMapping(path = "/trial-stream", produces = "text/plain")
		Flux<String> trialStream() {
			return stream();
		}

		@PaymentRequired(price = "$0.01", freeQuota = "1 per 1d")
		@GetMapping("/error-trial-written")
		Mono<Void> errorTrialWritten(ServerHttpResponse response) {
			return written(response);
		}

		@PaymentRequired(price = "$0.01", freeQuota = "1 per 1d")
		@GetMapping(path = "/error-trial-stream", produces = "text/plain")
		Flux<String> errorTrialStream() {
			return stream();
		}

		@PaymentRequired(price = "$0.01", freeQuota = "1 per 1d")
		@GetMapping("/trial-value-fails")
		Mono<String> trialValueFails() {
			return valueFails();
		}

		@PaymentRequired(price = "$0.01", freeQuota = "1 per 1d")
		@GetMapping(path = "/trial-stream-fails", produces = "text/plain")
		Flux<String> trialStreamFails() {
			return streamFails();
		}

	}

	@RestController
	static class FreeController {

		private final ObjectProvider<DispatcherHandler> dispatcher;

		FreeController(ObjectProvider<DispatcherHandler> dispatcher) {
			this.dispatcher = dispatcher;
		}

		@GetMapping("/free/{how}")
		Mono<Void> free(@PathVariable String how, ServerWebExchange exchange) {
			return keep(exchange, (kept) -> this.dispatcher.getObject()
				.handle(kept.mutate().request((request) -> request.uri(URI.create("/goods/" + how))).build()));
		}

	}

}
