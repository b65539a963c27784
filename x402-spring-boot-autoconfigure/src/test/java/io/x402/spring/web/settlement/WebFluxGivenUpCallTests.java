/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.VerifiedPayment;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Shop.Purchase;
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
import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Paid handlers of WebFlux that are given up by what called them, be it another handler
 * or a filter. What that writes in their place was not paid for.
 */
class WebFluxGivenUpCallTests {

	private static final String SECRET = "s3cret-goods";

	private static final String SORRY = "come back later";

	private static final Authentication CUSTOMER = UsernamePasswordAuthenticationToken.authenticated("anna", "",
			AuthorityUtils.createAuthorityList("CUSTOMER"));

	private static ReactiveEdge edge;

	@BeforeAll
	static void open() {
		edge = new ReactiveEdge(WebFluxShop.open(GoodsConfiguration.class, "x402.settlement.hold-limit=1024B",
				"x402.routes[0].path=/function/**", "x402.routes[0].price=$0.01"));
	}

	@AfterAll
	static void close() {
		edge.close();
	}

	@BeforeEach
	void reset() {
		signals().waiting = Sinks.empty();
		signals().given = Sinks.empty();
		signals().entries.clear();
		signals().patient = false;
	}

	private static Signals signals() {
		return edge.bean(Signals.class);
	}

	@ParameterizedTest
	@CsvSource({ "/free, /never", "/free, /never-written", "/free, /never-value", "/free, /never-entity",
			"/free, /fails", "/free, /fails-value", "/filtered, /never", "/filtered, /never-written",
			"/filtered, /never-value", "/filtered, /never-entity", "/filtered, /fails", "/filtered, /fails-value" })
	void whenAPaidHandlerIsGivenUpThenWhatIsWrittenInsteadIsNotCharged(String by, String to) throws IOException {
		Purchase purchase = buy(by + to + "?then=text");
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo(SORRY);
		assertThat(purchase.response().shows(SECRET)).as("headers of the paid handler").isFalse();
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(purchase.response().header("X-Sorry")).isEqualTo("yes");
		assertThat(edge.isReleased(purchase.payment())).isTrue();
		assertThat(purchase.script().settlements()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/free/never", "/free/never-written", "/free/never-value", "/free/fails-value" })
	void whenNothingIsWrittenInsteadThenNothingIsCharged(String target) throws IOException {
		Purchase purchase = buy(target + "?then=nothing");
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().shows(SECRET)).isFalse();
		assertThat(edge.isReleased(purchase.payment())).isTrue();
		assertThat(purchase.script().settlements()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/filtered/never", "/filtered/never-value", "/filtered/fails-value" })
	void whenAFilterHidesThatAHandlerGaveNothingThenItIsAnError(String target) throws IOException {
		Purchase purchase = buy(target + "?then=nothing");
		assertThat(purchase.response().status()).isEqualTo(500);
		assertThat(purchase.response().shows(SECRET)).isFalse();
		assertThat(edge.isReleased(purchase.payment())).isTrue();
		assertThat(purchase.script().settlements()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/free/never", "/free/never-written", "/free/never-value", "/filtered/never-written" })
	void whenItFailsInsteadThenItIsAnErrorAndNothingIsCharged(String target) throws IOException {
		Purchase purchase = buy(target + "?then=error");
		assertThat(purchase.response().status()).isEqualTo(500);
		assertThat(purchase.response().shows(SECRET)).isFalse();
		assertThat(edge.isReleased(purchase.payment())).isTrue();
		assertThat(purchase.script().settlements()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/free/never", "/free/never-written", "/free/never-value", "/free/fails-value" })
	void whenAnotherPaidHandlerIsCalledInsteadThenThatIsPaid(String target) throws IOException {
		Purchase purchase = buy(target + "?then=goods");
		assertThat(purchase.response().bodyText()).isEqualTo("other " + SECRET);
		assertThat(purchase.response().headers("X-Goods")).isEmpty();
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).hasSize(1);
		assertThat(purchase.script().verifications()).isEqualTo(2);
		assertThat(purchase.script().settlements()).isOne();
	}

	@Test
	void whenAFreeHandlerRunsInsteadThenItSeesNoPayment() throws IOException {
		Purchase purchase = buy("/free/never-value?then=look");
		assertThat(purchase.response().bodyText()).isEqualTo("nothing was paid");
		assertThat(purchase.script().settlements()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/free/never", "/free/fails-value", "/filtered/never", "/filtered/fails-value" })
	void whenAHandlerRunsInsteadThatIsFreeForTheCallerThenNothingIsCharged(String target) throws IOException {
		Purchase purchase = buy(target + "?then=customers");
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo("for customers");
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(edge.isReleased(purchase.payment())).isTrue();
		assertThat(purchase.script().settlements()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/free", "/filtered" })
	void whenWhatWasSettledUpfrontIsGivenUpThenItIsCollectedLater(String by) throws IOException {
		Purchase purchase = buy(by + "/upfront?then=text", "/upfront");
		assertThat(purchase.response().bodyText()).isEqualTo(SORRY);
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).hasSize(1);
		await().until(() -> !edge.claim(purchase.payment()).active());
		assertThat(edge.claim(purchase.payment()).state()).isEqualTo(ClaimState.SETTLED);
		signals().patient = true;
		assertThat(edge.pay(by + "/upfront?then=text", purchase.payment()).bodyText()).isEqualTo(SECRET);
		assertThat(purchase.script().settlements()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/free", "/filtered" })
	void whenAStreamIsGivenUpAfterItBeganThenItIsCutOffAndCollectedLater(String by) throws IOException {
		Payment payment = edge.payment("/goods");
		Script script = edge.script(payment, SettleBehaviour.SETTLED);
		try (WireExchange exchange = new WireExchange(edge.port())) {
			exchange.send("GET", by + "/stream?then=text", payment.headerLine()).receiveUntil(SECRET);
			signals().waiting.tryEmitEmpty();
			WireResponse response = exchange.receive();
			assertThat(response.shows(SORRY)).isFalse();
			assertThat(response.shows("\r\n0\r\n\r\n")).as("an end that looks well").isFalse();
		}
		await().until(() -> !edge.claim(payment).active());
		assertThat(edge.claim(payment).state()).isEqualTo(ClaimState.SETTLED);
		signals().patient = true;
		assertThat(edge.pay(by + "/stream?then=text", payment).bodyText()).isEqualTo(SECRET);
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/free", "/filtered" })
	void whenAResponseIsGivenUpWhileItIsSettledThenItIsCollectedLater(String by) throws IOException {
		Payment payment = edge.payment("/goods");
		Script script = edge.script(payment, SettleBehaviour.SETTLED).atSettle(() -> {
			signals().waiting.tryEmitEmpty();
			signals().given.asMono().block(Duration.ofMinutes(1));
		});
		WireResponse response = edge.pay(by + "/goods?then=text", payment);
		assertThat(response.shows(SECRET)).isFalse();
		await().until(() -> !edge.claim(payment).active());
		assertThat(edge.claim(payment).state()).isEqualTo(ClaimState.SETTLED);
		signals().patient = true;
		assertThat(edge.pay(by + "/goods?then=text", payment).bodyText()).isEqualTo("other " + SECRET);
		assertThat(script.settlements()).isOne();
	}

	/**
	 * What a paid handler returns is written by Spring, and a payment that it was run for
	 * may have been given back by then.
	 */
	@ParameterizedTest
	@ValueSource(
			strings = { "/late-value", "/late-entity", "/late-written", "/function/late", "/function/late-written" })
	void whenOneOfTwoPaidHandlersFailsThenTheOtherOneGivesNothingForFree(String late) throws IOException {
		Payment payment = edge.payment("/goods");
		Script script = edge.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = edge.pay("/together?late=" + late, payment);
		assertThat(response.shows(SECRET)).as(response.toString()).isFalse();
		assertThat(response.bodyText()).isEqualTo(SORRY);
		assertThat(signals().entries).contains("late");
		assertThat(script.settlements()).isZero();
		assertThat(edge.isReleased(payment)).isTrue();
	}

	/**
	 * What writes instead may take its time, and the payment is taken meanwhile.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "/free", "/filtered" })
	void whenACallIsGivenUpWhileItsPaymentIsTakenThenItIsGivenBack(String by) throws Exception {
		Payment payment = edge.payment("/goods");
		Script script = edge.script(payment, SettleBehaviour.SETTLED).atVerify(() -> {
			signals().waiting.tryEmitEmpty();
			await().until(() -> signals().entries.contains("given up"));
		});
		try (WireExchange exchange = new WireExchange(edge.port())) {
			exchange.send("GET", by + "/goods?then=slow", payment.headerLine());
			await().until(() -> signals().entries.contains("given up"));
			assertThat(edge.isReleased(payment)).isTrue();
			signals().given.tryEmitEmpty();
			WireResponse response = exchange.receive();
			assertThat(response.bodyText()).isEqualTo(SORRY);
			assertThat(response.headers("PAYMENT-RESPONSE")).isEmpty();
		}
		assertThat(script.verifications()).isOne();
		assertThat(script.settlements()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/function/written", "/function/nested/written" })
	void whenAFunctionWritesToTheExchangeOfItsRequestThenThatIsSold(String target) throws IOException {
		Purchase purchase = buy(target);
		assertThat(purchase.response().bodyText()).isEqualTo(SECRET + " 7 /function/");
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).hasSize(1);
		assertThat(purchase.script().settlements()).isOne();
	}

	@Test
	void whenAFilterTriesAgainThenItIsPaidOnce() throws IOException {
		Purchase purchase = buy("/tried-again");
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo(SECRET);
		assertThat(signals().entries).containsExactly("failed", "goods");
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).hasSize(1);
		assertThat(purchase.script().settlements()).isOne();
	}

	/**
	 * What is to be done before a response is sent is done before it is decided about.
	 */
	@ParameterizedTest
	@CsvSource({ "200, false", "404, false", "200, true", "404, true" })
	void whenAHandlerAddsSomethingToADecidedResponseThenItIsNotSent(int status, boolean before) throws IOException {
		Purchase purchase = buy("/decided?status=" + status + "&before=" + before);
		boolean sold = status == 200;
		assertThat(purchase.response().status()).isEqualTo(status);
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).hasSize(sold ? 1 : 0);
		assertThat(purchase.response().headers("X-Later")).isEmpty();
		assertThat(purchase.response().headers("Set-Cookie")).isEmpty();
		assertThat(purchase.response().body()).hasSize(1026);
		assertThat(purchase.script().settlements()).isEqualTo(sold ? 1 : 0);
	}

	private static Purchase buy(String target) throws IOException {
		return buy(target, "/goods");
	}

	private static Purchase buy(String target, String priced) throws IOException {
		Payment payment = edge.payment(priced);
		Script script = edge.script(payment, SettleBehaviour.SETTLED);
		return new Purchase(payment, script, edge.pay(target, payment));
	}

	private static Mono<DataBuffer> text(String text) {
		return Mono
			.fromSupplier(() -> DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8)));
	}

	/**
	 * What handlers and those who wait for them agree on.
	 */
	static final class Signals {

		final CopyOnWriteArrayList<String> entries = new CopyOnWriteArrayList<>();

		volatile Sinks.Empty<Void> waiting = Sinks.empty();

		volatile Sinks.Empty<Void> given = Sinks.empty();

		volatile boolean patient;

		/**
		 * Never ends, which whoever waits for it is told.
		 */
		<T> Mono<T> never() {
			return Mono.<T>never().doOnSubscribe((subscription) -> this.waiting.tryEmitEmpty());
		}

		/**
		 * Ends after another handler has failed, which waits for this.
		 */
		Mono<Void> late() {
			return this.given.asMono()
				.doOnSubscribe((subscription) -> this.waiting.tryEmitEmpty())
				.doOnTerminate(() -> this.entries.add("late"));
		}

		/**
		 * Give up what never ends, or what failed.
		 */
		Mono<Void> giveUp(Mono<Void> call, Mono<Void> instead) {
			Mono<Void> other = instead.doOnTerminate(() -> this.given.tryEmitEmpty());
			return this.patient ? call
					: call
						.timeout(Mono.defer(() -> this.waiting.asMono()).publishOn(Schedulers.parallel()),
								Mono.error(new IllegalStateException("given up")))
						.onErrorResume((ex) -> other);
		}

	}

	private static Mono<Void> instead(ServerWebExchange exchange, Signals signals, DispatcherHandler dispatcher) {
		String then = String.valueOf(exchange.getRequest().getQueryParams().getFirst("then"));
		return Mono.defer(() -> switch (then) {
			case "text" -> {
				exchange.getResponse().getHeaders().set("X-Sorry", "yes");
				yield exchange.getResponse().writeWith(text(SORRY));
			}
			case "slow" -> {
				signals.entries.add("given up");
				yield signals.given.asMono().then(exchange.getResponse().writeWith(text(SORRY)));
			}
			case "goods" -> forward(dispatcher, exchange, "/goods");
			case "look" -> forward(dispatcher, exchange, "/look");
			case "customers" -> forward(dispatcher, exchange, "/customers")
				.contextWrite(ReactiveSecurityContextHolder.withAuthentication(CUSTOMER));
			case "error" -> Mono.error(new IllegalStateException("sorry"));
			default -> Mono.empty();
		});
	}

	private static Mono<Void> forward(DispatcherHandler dispatcher, ServerWebExchange exchange, String target) {
		return dispatcher.handle(exchange.mutate().request((request) -> request.uri(URI.create(target))).build());
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ PaidController.class, FreeController.class })
	static class GoodsConfiguration {

		@Bean
		Signals signals() {
			return new Signals();
		}

		/**
		 * Gives the handler of a request up itself.
		 */
		@Bean
		WebFilter impatientFilter(Signals signals, ObjectProvider<DispatcherHandler> dispatcher) {
			return (exchange, chain) -> {
				String path = exchange.getRequest().getPath().value();
				if (!path.startsWith("/filtered")) {
					return path.equals("/tried-again") ? chain.filter(exchange).retry(1) : chain.filter(exchange);
				}
				ServerWebExchange inner = exchange.mutate()
					.request((request) -> request.path(path.substring("/filtered".length())))
					.build();
				return signals.giveUp(chain.filter(inner), instead(exchange, signals, dispatcher.getObject()));
			};
		}

		/**
		 * Priced by {@code x402.routes}.
		 */
		@Bean
		RouterFunction<ServerResponse> functions(Signals signals) {
			HandlerFunction<ServerResponse> written = (request) -> write(request,
					SECRET + " " + request.attribute("number").orElseThrow() + " " + request.path().substring(0, 10));
			return RouterFunctions.route()
				.GET("/function/late", (request) -> signals.late().then(ServerResponse.ok().bodyValue(SECRET)))
				.GET("/function/late-written",
						(request) -> signals.late().then(Mono.defer(() -> write(request, SECRET))))
				.GET("/function/written", written)
				.path("/function/{nested}", (nested) -> nested.GET("/written", written))
				.before((request) -> ServerRequest.from(request).attribute("number", 7).build())
				.build();
		}

		private static Mono<ServerResponse> write(ServerRequest request, String text) {
			ServerHttpResponse response = request.exchange().getResponse();
			response.getHeaders().set("X-Goods", SECRET);
			return response.writeWith(text(text)).then(Mono.empty());
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
		String goods() {
			return "other " + SECRET;
		}

		@GetMapping("/customers")
		@PaymentRequired(price = "$0.01", freeFor = "hasAuthority('CUSTOMER')")
		String customers() {
			return "for customers";
		}

		private void mark(ServerHttpResponse response) {
			response.setStatusCode(HttpStatus.ACCEPTED);
			response.getHeaders().set("X-Goods", SECRET);
			response.addCookie(ResponseCookie.from("goods", SECRET).build());
			response.beforeCommit(() -> Mono.fromRunnable(() -> response.getHeaders().set("X-Later", SECRET)));
		}

		@GetMapping("/never")
		Mono<Void> never(ServerHttpResponse response) {
			mark(response);
			return this.signals.never();
		}

		@GetMapping("/never-written")
		Mono<Void> neverWritten(ServerHttpResponse response) {
			mark(response);
			return response.writeWith(Flux.concat(text(SECRET), this.signals.never()));
		}

		@GetMapping("/never-value")
		Mono<String> neverValue(ServerWebExchange exchange) {
			mark(exchange.getResponse());
			return this.signals.never();
		}

		@GetMapping("/never-entity")
		Mono<ResponseEntity<Flux<String>>> neverEntity() {
			return Mono.just(ResponseEntity.accepted()
				.header("X-Goods", SECRET)
				.body(Flux.concat(Flux.just(SECRET), this.signals.never())));
		}

		@GetMapping("/fails")
		Mono<Void> fails(ServerHttpResponse response) {
			mark(response);
			return response.writeWith(Flux.concat(text(SECRET), Mono.error(new IllegalStateException("no goods"))));
		}

		@GetMapping("/fails-later")
		Mono<Void> failsLater(ServerHttpResponse response) {
			mark(response);
			Mono<DataBuffer> failing = this.signals.waiting.asMono()
				.then(Mono.error(new IllegalStateException("no goods")));
			return response.writeWith(Flux.concat(text(SECRET), failing));
		}

		@GetMapping("/fails-value")
		Mono<String> failsValue(ServerWebExchange exchange) {
			mark(exchange.getResponse());
			return Mono.error(new IllegalStateException("no goods"));
		}

		@GetMapping("/upfront")
		@PaymentRequired(price = "$0.01", flow = PaymentFlow.UPFRONT)
		Mono<String> upfront() {
			return this.signals.patient ? Mono.just(SECRET) : this.signals.never();
		}

		@GetMapping("/stream")
		Mono<Void> stream(ServerHttpResponse response) {
			Flux<Publisher<DataBuffer>> parts = Flux.concat(Flux.just(text(SECRET)),
					this.signals.patient ? Mono.empty() : Mono.never());
			return response.writeAndFlushWith(parts);
		}

		@GetMapping("/tried-again")
		Mono<String> triedAgain(ServerWebExchange exchange) {
			if (this.signals.entries.addIfAbsent("failed")) {
				mark(exchange.getResponse());
				return Mono.error(new IllegalStateException("no goods yet"));
			}
			this.signals.entries.add("goods");
			return Mono.just(SECRET);
		}

		@GetMapping("/decided")
		Mono<Void> decided(@RequestParam int status, @RequestParam boolean before, ServerHttpResponse response) {
			response.setRawStatusCode(status);
			if (before) {
				response.beforeCommit(() -> Mono.fromRunnable(() -> response.beforeCommit(() -> add(response))));
			}
			// The second source is subscribed to when the first has ended
			return response.writeWith(Flux.concat(bytes(1025), Mono.defer(() -> {
				if (!before) {
					response.beforeCommit(() -> add(response));
				}
				return bytes(1);
			})));
		}

		private static Mono<DataBuffer> bytes(int count) {
			return Mono.fromSupplier(() -> DefaultDataBufferFactory.sharedInstance.wrap(new byte[count]));
		}

		private static Mono<Void> add(ServerHttpResponse response) {
			return Mono.fromRunnable(() -> {
				response.setStatusCode(HttpStatus.ACCEPTED);
				response.getHeaders().set("X-Later", SECRET);
				response.addCookie(ResponseCookie.from("later", SECRET).build());
			});
		}

		@GetMapping("/late-value")
		Mono<String> lateValue() {
			return this.signals.late().thenReturn(SECRET);
		}

		@GetMapping("/late-entity")
		Mono<ResponseEntity<String>> lateEntity() {
			return this.signals.late().thenReturn(ResponseEntity.accepted().header("X-Goods", SECRET).body(SECRET));
		}

		@GetMapping("/late-written")
		Mono<Void> lateWritten(ServerHttpResponse response) {
			return this.signals.late().then(Mono.defer(() -> {
				mark(response);
				return response.writeWith(text(SECRET));
			}));
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

		@GetMapping("/free/{*to}")
		Mono<Void> free(ServerWebExchange exchange) {
			String to = exchange.getRequest().getPath().value().substring("/free".length());
			DispatcherHandler dispatcher = this.dispatcher.getObject();
			return this.signals.giveUp(forward(dispatcher, exchange, to), instead(exchange, this.signals, dispatcher));
		}

		@GetMapping("/look")
		String look(ServerWebExchange exchange) {
			return (exchange.getAttribute(VerifiedPayment.class.getName()) != null) ? "paid" : "nothing was paid";
		}

		@GetMapping("/together")
		Mono<Void> together(@RequestParam String late, ServerWebExchange exchange) {
			DispatcherHandler dispatcher = this.dispatcher.getObject();
			Mono<Void> failing = forward(dispatcher, exchange, "/fails-later")
				.doOnError((ex) -> this.signals.given.tryEmitEmpty());
			return Mono.whenDelayError(failing, forward(dispatcher, exchange, late))
				.onErrorResume((ex) -> exchange.getResponse().writeWith(text(SORRY)));
		}

	}

}
