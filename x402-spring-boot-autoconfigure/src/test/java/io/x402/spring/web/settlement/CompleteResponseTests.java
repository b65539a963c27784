/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.store.Claim;
import io.x402.spring.store.LedgerEvent;
import io.x402.spring.store.LedgerQuery;
import io.x402.spring.store.PaymentLedger;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Shop.Purchase;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * A response is complete when its handler and everything around it have ended well. Only
 * then is it stored, and only a failure of the seller is free.
 */
class CompleteResponseTests {

	private static final String SECRET = "s3cret-goods";

	@RegisterExtension
	static final Shops SHOPS = Shops.of(GoodsConfiguration.class, "x402.routes[0].path=/functional/**",
			"x402.routes[0].price=$0.01");

	@BeforeEach
	void reset() {
		SHOPS.forEach((shop) -> shop.bean(AtomicInteger.class).set(0));
	}

	static String[] failing() {
		return new String[] { "/eof, 502", "/reset-by-peer, 502", "/broken-pipe, 502", "/written-then-eof, 502",
				"/callable-eof, 502", "/deferred-eof, 502", "/streaming-eof, 502", "/functional/eof, 502",
				"/emitter-error, 500", "/emitter-eof, 502", "/swallowed/eof, 502", "/swallowed/written, 502",
				"/too-short, 500", "/too-long, 500", "/flush-then-throw, 500", "/flush-then-eof, 502",
				"/close-then-throw, 500", "/close-then-eof, 502", "/redirect-then-throw, 500",
				"/redirect-then-eof, 502", "/partial-then-send-error, 507", "/entity-then-filter, 500" };
	}

	static java.util.stream.Stream<org.junit.jupiter.params.provider.Arguments> failingEverywhere() {
		return java.util.Arrays.stream(Container.values())
			.flatMap((container) -> java.util.Arrays.stream(failing()).map((line) -> {
				String[] parts = line.split(", ");
				return org.junit.jupiter.params.provider.Arguments.of(container, parts[0], Integer.parseInt(parts[1]));
			}));
	}

	@ParameterizedTest
	@MethodSource("failingEverywhere")
	void whenTheHandlerDoesNotEndWellThenNothingIsChargedOrShown(Container container, String target, int status)
			throws Exception {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy(target, SettleBehaviour.SETTLED);
		assertThat(purchase.script().settlements()).isZero();
		assertThat(purchase.response().shows(SECRET)).isFalse();
		assertThat(purchase.response().status()).isEqualTo(status);
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(purchase.response().headers("X-Goods")).isEmpty();
		assertThat(purchase.response().headers("Content-Encoding")).isEmpty();
		assertThat(shop.isReleased(purchase.payment())).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /streaming-cut", "TOMCAT, /streaming-throws", "TOMCAT, /emitter-cut", "TOMCAT, /sse-cut",
			"TOMCAT, /sync-stream-cut", "TOMCAT, /functional/stream-cut", "JETTY, /streaming-cut",
			"JETTY, /streaming-throws", "JETTY, /emitter-cut", "JETTY, /sse-cut", "JETTY, /sync-stream-cut",
			"JETTY, /functional/stream-cut" })
	void whenAStreamIsCutThenItDoesNotLookCompleteAndIsNotStored(Container container, String target)
			throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment(target);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		Purchase purchase;
		try (WireExchange exchange = new WireExchange(shop.port())) {
			purchase = new Purchase(payment, script,
					exchange.keepAlive().send("GET", target, payment.headerLine()).receive());
		}
		assertThat(purchase.response().shows(SECRET)).isTrue();
		assertThat(purchase.script().settlements()).isOne();
		assertThatThrownBy(() -> purchase.response().body()).hasMessageContaining("cut short");
		await().until(() -> !shop.claim(purchase.payment()).active());
		WireResponse again = shop.pay(target, purchase.payment());
		assertThat(again.headers("Idempotent-Replayed")).isEmpty();
		assertThat(shop.bean(AtomicInteger.class)).hasValue(2);
		assertThat(purchase.script().settlements()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /sync-stream", "TOMCAT, /streaming", "TOMCAT, /sse", "TOMCAT, /large", "TOMCAT, /emitter",
			"TOMCAT, /image", "JETTY, /sync-stream", "JETTY, /streaming", "JETTY, /sse", "JETTY, /large",
			"JETTY, /emitter", "JETTY, /image" })
	void whenAStreamEndsWellThenItIsStored(Container container, String target) throws IOException {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy(target, SettleBehaviour.SETTLED);
		byte[] first = purchase.response().body();
		await().until(() -> !shop.claim(purchase.payment()).active());
		WireResponse again = shop.pay(target, purchase.payment());
		assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
		assertThat(again.body()).isEqualTo(first);
		assertThat(shop.bean(AtomicInteger.class)).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource
	void whenAnEtagFilterIsOutsideThenAFailureAfterAFlushIsNotCharged(Container container) throws Exception {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy("/etag-around/throws", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(500);
		assertThat(purchase.script().settlements()).isZero();
		assertThat(purchase.response().shows(SECRET)).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void whenAnEtagFilterIsOutsideThenAStreamThatFailsIsNeverDeliveredAgain(Container container) throws Exception {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy("/etag-around/streaming-throws", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isIn(200, 500);
		await().until(() -> !shop.claim(purchase.payment()).active());
		WireResponse again = shop.pay("/etag-around/streaming-throws", purchase.payment());
		assertThat(again.headers("Idempotent-Replayed")).isEmpty();
		assertThat(purchase.script().settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenAFilterOutsideThrowsThenWhatWasChargedCanBeCollected(Container container) throws Exception {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy("/outside/goods", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isIn(200, 500);
		Claim claim = shop.claim(purchase.payment());
		assertThat(purchase.script().settlements()).isEqualTo((claim != null && claim.receipt() != null) ? 1 : 0);
		shop.bean(OutsideFilter.class).fails = false;
		try {
			WireResponse again = shop.pay("/outside/goods", purchase.payment());
			assertThat(again.bodyText()).isEqualTo(SECRET);
			assertThat(purchase.script().settlements()).isOne();
		}
		finally {
			shop.bean(OutsideFilter.class).fails = true;
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenTheHandlerSaysNoContentThenItsBodyIsNotStored(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy("/no-content-with-body", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(204);
		assertThat(purchase.response().body()).isEmpty();
		WireResponse again = shop.pay("/no-content-with-body", purchase.payment());
		assertThat(again.status()).isEqualTo(204);
		assertThat(again.body()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, length", "TOMCAT, length-flush", "TOMCAT, length-write", "TOMCAT, length-flush-write",
			"JETTY, length", "JETTY, length-flush", "JETTY, length-write", "JETTY, length-flush-write" })
	void whenNoContentHasADeclaredLengthThenItIsDeliveredWithoutOne(Container container, String calls)
			throws IOException {
		Shop shop = SHOPS.get(container);
		String target = "/no-content?calls=" + calls;
		Purchase purchase = shop.buy(target, SettleBehaviour.SETTLED);
		assertThat(purchase.script().settlements()).isOne();
		assertThat(purchase.response().status()).isEqualTo(204);
		assertThat(purchase.response().headers("Content-Length")).isEmpty();
		assertThat(purchase.response().header("PAYMENT-RESPONSE")).isNotEmpty();
		WireResponse again = shop.pay(target, purchase.payment());
		assertThat(again.status()).isEqualTo(204);
		assertThat(again.headers("Content-Length")).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void whenHeadDeclaresALengthThenItIsSold(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/head");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.send("HEAD", "/head", payment.headerLine());
		assertThat(response.status()).isEqualTo(200);
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenNegotiationFailsAfterTheRunThenAnUnsafeHandlerRunsOnceUncharged(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.buyer().sign(shop.offer("/goods"));
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		for (int i = 0; i < 5; i++) {
			WireResponse response = shop.send("POST", "/message", payment.headerLine(), "Accept: image/gif");
			assertThat(response.status()).isGreaterThanOrEqualTo(400);
			assertThat(response.shows(SECRET)).isFalse();
		}
		assertThat(shop.bean(AtomicInteger.class).get()).isLessThanOrEqualTo(1);
		assertThat(script.settlements()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, image/gif", "TOMCAT, text/html;q=0.9", "TOMCAT, not a type", "JETTY, image/gif" })
	void whenNothingAcceptableCanBeProducedThenTheHandlerDoesNotRun(Container container, String accept)
			throws IOException {
		Shop shop = SHOPS.get(container);
		assertThat(shop.send("POST", "/message", "Accept: " + accept).status()).isEqualTo(402);
		Payment payment = shop.buyer().sign(shop.offer("/goods"));
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(shop.send("POST", "/message", payment.headerLine(), "Accept: " + accept).status()).isEqualTo(406);
		assertThat(shop.bean(AtomicInteger.class)).hasValue(0);
		assertThat(script.verifications()).isZero();
		assertThat(shop.claim(payment)).isNull();
		WireResponse response = shop.send("POST", "/message", payment.headerLine(), "Accept: application/json");
		assertThat(response.status()).isEqualTo(200);
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /goods", "TOMCAT, /object", "TOMCAT, /own-type", "TOMCAT, /entity-type", "JETTY, /goods" })
	void whenAnAcceptableTypeMayBeProducedThenTheHandlerRuns(Container container, String target) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment(target);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.get(target, payment.headerLine(), "Accept: image/gif");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.bodyText()).contains(SECRET);
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, 406", "TOMCAT, 412", "TOMCAT, 416", "TOMCAT, 304", "JETTY, 406", "JETTY, 412", "JETTY, 416",
			"JETTY, 304" })
	void whenTheRequestIsTheReasonForAFailureThenAnUnsafeHandlerRunsOnceUncharged(Container container, int status)
			throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.buyer().sign(shop.offer("/goods"));
		shop.script(payment, SettleBehaviour.SETTLED);
		for (int i = 0; i < 3; i++) {
			WireResponse response = shop.send("POST", "/status/" + status, payment.headerLine());
			for (String header : new String[] { "ETag", "Last-Modified", "X-Goods", "Content-Disposition" }) {
				assertThat(response.headers(header)).as(header).isEmpty();
			}
			assertThat(response.shows(SECRET)).isFalse();
		}
		assertThat(shop.bean(AtomicInteger.class)).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource
	void whenConditionsGuessTheGoodsThenTheyAreSoldNotConfirmed(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		for (String condition : new String[] { "If-None-Match: \"a\", \"yes\", \"no\"",
				"If-Modified-Since: Tue, 19 Jan 2038 03:14:07 GMT", "If-Match: \"other\"",
				"If-Unmodified-Since: Thu, 01 Jan 1970 00:00:01 GMT" }) {
			Payment payment = shop.payment("/low-entropy");
			Script script = shop.script(payment, SettleBehaviour.SETTLED);
			WireResponse response = shop.get("/low-entropy", payment.headerLine(), condition);
			assertThat(response.status()).as(condition).isEqualTo(200);
			assertThat(response.bodyText()).isEqualTo("yes");
			assertThat(script.settlements()).isOne();
		}
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /page/fails, 200, before  after", "TOMCAT, /page/error, 200, before  after",
			"TOMCAT, /page/handled, 200, before  after", "JETTY, /page/fails, 200, before  after",
			"JETTY, /page/error, 200, before  after", "JETTY, /page/handled, 200, before  after" })
	void whenTheOnlyPaidPartOfAPageFailsThenThePageIsFree(Container container, String target, int status, String text)
			throws Exception {
		Shop shop = SHOPS.get(container);
		Purchase purchase = buyThrough(shop, target);
		assertThat(purchase.script().settlements()).isZero();
		assertThat(purchase.response().status()).isEqualTo(status);
		assertThat(purchase.response().bodyText()).isEqualTo(text);
		assertThat(shop.isReleased(purchase.payment())).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /page/goods-and-fails", "TOMCAT, /page/goods-and-error", "TOMCAT, /page/goods-and-dear",
			"JETTY, /page/goods-and-fails", "JETTY, /page/goods-and-error", "JETTY, /page/goods-and-dear" })
	void whenOneOfTwoPaidPartsFailsThenNothingIsChargedOrShown(Container container, String target) throws Exception {
		Shop shop = SHOPS.get(container);
		Purchase purchase = buyThrough(shop, target);
		assertThat(purchase.script().settlements()).isZero();
		assertThat(purchase.response().status()).isGreaterThanOrEqualTo(500);
		assertThat(purchase.response().shows(SECRET)).isFalse();
		assertThat(shop.isReleased(purchase.payment())).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /page/goods", "TOMCAT, /page/goods-and-goods", "JETTY, /page/goods",
			"JETTY, /page/goods-and-goods" })
	void whenPaidPartsAreIncludedThenThePageIsSoldAndStoredAsAWhole(Container container, String target)
			throws IOException {
		Shop shop = SHOPS.get(container);
		Purchase purchase = buyThrough(shop, target);
		assertThat(purchase.script().settlements()).isOne();
		assertThat(purchase.response().bodyText()).startsWith("before " + SECRET).endsWith(" after");
		WireResponse again = shop.pay(target, purchase.payment());
		assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.bodyText()).isEqualTo(purchase.response().bodyText());
		assertThat(purchase.script().settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenAFreePartOfAPaidPageFailsThenThePageIsStillSold(Container container) throws IOException {
		Purchase purchase = SHOPS.get(container).buy("/with-free-part", SettleBehaviour.SETTLED);
		assertThat(purchase.response().bodyText()).isEqualTo(SECRET + "");
		assertThat(purchase.script().settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenForwardedToANamedServletThenItIsDelivered(Container container) throws IOException {
		Purchase purchase = SHOPS.get(container).buy("/named-dispatcher", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo(SECRET);
		assertThat(purchase.script().settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenSpringSecurityForbidsCachingThenThatIsNotWeakened(Container container) throws IOException {
		WireResponse response = SHOPS.get(container).buy("/goods", SettleBehaviour.SETTLED).response();
		assertThat(String.join(", ", response.headers("Cache-Control"))).contains("private", "no-store", "no-cache",
				"must-revalidate", "max-age=0");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "TOMCAT|Range: bytes=0-1", "TOMCAT|Accept: text/plain", "TOMCAT|Accept-Language: de",
					"TOMCAT|Cookie: user=bob", "TOMCAT|Authorization: Basic Ym9iOmJvYg==", "JETTY|Range: bytes=0-1",
					"JETTY|Accept: text/plain", "JETTY|Accept-Language: de", "JETTY|Cookie: user=bob",
					"JETTY|Authorization: Basic Ym9iOmJvYg==" })
	void whenARepetitionAsksForAnotherRepresentationThenItIsAnotherPurchase(Container container, String header)
			throws IOException {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy("/huge", SettleBehaviour.SETTLED);
		WireResponse other = shop.get("/huge", purchase.payment().headerLine(), header);
		assertThat(other.status()).isEqualTo(409);
		assertThat(other.json().path("code").asString()).isEqualTo("payment_already_bound");
		assertThat(shop.get("/huge", purchase.payment().headerLine(), "User-Agent: other", "traceparent: 00-1-2-3")
			.status()).isEqualTo(200);
	}

	@ParameterizedTest
	@EnumSource
	void whenAStoredResponseVariesThenItIsNotDeliveredToAnotherRequest(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/varies");
		shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(shop.get("/varies", payment.headerLine(), "X-Doc: 1").bodyText()).isEqualTo("doc 1");
		WireResponse other = shop.get("/varies", payment.headerLine(), "X-Doc: 2");
		assertThat(other.status()).isEqualTo(409);
		assertThat(other.json().path("code").asString()).isEqualTo("payment_already_bound");
		assertThat(redeliveries(shop, payment)).isZero();
		assertThat(shop.get("/varies", payment.headerLine(), "X-Doc: 1").bodyText()).isEqualTo("doc 1");
		assertThat(redeliveries(shop, payment)).isOne();
	}

	private static long redeliveries(Shop shop, Payment payment) {
		String purchase = shop.claim(payment).sale().id();
		return shop.bean(PaymentLedger.class)
			.find(new LedgerQuery(null, null, null, null, LedgerEvent.REDELIVERED, purchase, null, 100))
			.size();
	}

	@ParameterizedTest
	@EnumSource
	void whenTheSameRequestIsTransferredOtherwiseThenItIsTheSame(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.buyer().sign(shop.offer("/goods"));
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse first;
		try (WireExchange exchange = new WireExchange(shop.port())) {
			first = exchange
				.send("POST", "/echo", "hello".getBytes(StandardCharsets.UTF_8), payment.headerLine(),
						"Content-Type: text/plain")
				.receive();
		}
		assertThat(first.bodyText()).isEqualTo("hello");
		try (WireExchange exchange = new WireExchange(shop.port())) {
			WireResponse again = exchange
				.sendChunked("POST", "/%65cho", "hello".getBytes(StandardCharsets.UTF_8), payment.headerLine(),
						"Content-Type: text/plain")
				.receive();
			assertThat(again.status()).isEqualTo(200);
			assertThat(again.bodyText()).isEqualTo("hello");
			assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
		}
		assertThat(script.settlements()).isOne();
	}

	/**
	 * Buy a page of a free handler with the payment for its part.
	 */
	private static Purchase buyThrough(Shop shop, String target) throws IOException {
		Payment payment = shop.payment("/goods");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		return new Purchase(payment, script, shop.pay(target, payment));
	}

	/**
	 * Throws after the handler has answered.
	 */
	static final class OutsideFilter implements jakarta.servlet.Filter {

		private volatile boolean fails = true;

		@Override
		public void doFilter(jakarta.servlet.ServletRequest request, jakarta.servlet.ServletResponse response,
				jakarta.servlet.FilterChain chain) throws IOException, ServletException {
			chain.doFilter(request, response);
			if (this.fails) {
				throw new IllegalStateException("outside");
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ PaidController.class, SwallowingController.class, FreeController.class })
	static class GoodsConfiguration {

		@Bean
		AtomicInteger runs() {
			return new AtomicInteger();
		}

		@Bean
		OutsideFilter outsideFilter() {
			return new OutsideFilter();
		}

		@Bean
		FilterRegistrationBean<OutsideFilter> outside(OutsideFilter filter) {
			FilterRegistrationBean<OutsideFilter> registration = new FilterRegistrationBean<>(filter);
			registration.addUrlPatterns("/outside/*");
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 2);
			return registration;
		}

		@Bean
		FilterRegistrationBean<jakarta.servlet.Filter> within() {
			FilterRegistrationBean<jakarta.servlet.Filter> registration = new FilterRegistrationBean<>(
					(request, response, chain) -> {
						chain.doFilter(request, response);
						throw new IllegalStateException("within");
					});
			registration.addUrlPatterns("/entity-then-filter");
			registration.setOrder(Ordered.LOWEST_PRECEDENCE);
			return registration;
		}

		@Bean
		FilterRegistrationBean<ShallowEtagHeaderFilter> etags() {
			FilterRegistrationBean<ShallowEtagHeaderFilter> registration = new FilterRegistrationBean<>(
					new ShallowEtagHeaderFilter());
			registration.addUrlPatterns("/etag-around/*");
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
			return registration;
		}

		@Bean
		ServletRegistrationBean<HttpServlet> pageServlet() {
			ServletRegistrationBean<HttpServlet> registration = new ServletRegistrationBean<>(new HttpServlet() {

				@Override
				protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
					response.getWriter().write(SECRET);
				}

			}, "/page-servlet");
			registration.setName("page");
			return registration;
		}

		@Bean
		RouterFunction<ServerResponse> functional(AtomicInteger runs) {
			return RouterFunctions.route().GET("/functional/eof", (request) -> {
				throw new EOFException("EOF reached while reading");
			}).GET("/functional/stream-cut", (request) -> ServerResponse.ok().stream((stream) -> {
				runs.incrementAndGet();
				new Thread(() -> {
					try {
						stream.write(SECRET).flush();
						stream.error(new EOFException("EOF reached while reading"));
					}
					catch (IOException ex) {
						stream.error(ex);
					}
				}).start();
			})).build();
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		private final AtomicInteger runs;

		PaidController(AtomicInteger runs) {
			this.runs = runs;
		}

		@GetMapping({ "/goods", "/outside/goods" })
		String goods() {
			this.runs.incrementAndGet();
			return SECRET;
		}

		@GetMapping("/eof")
		String eof() throws IOException {
			throw new EOFException("EOF reached while reading");
		}

		@GetMapping("/reset-by-peer")
		String resetByPeer() throws IOException {
			throw new IOException("Connection reset by peer");
		}

		@GetMapping("/broken-pipe")
		String brokenPipe() throws IOException {
			throw new IOException("Broken pipe");
		}

		@GetMapping("/written-then-eof")
		void writtenThenEof(HttpServletResponse response) throws IOException {
			response.setHeader("X-Goods", SECRET);
			response.setHeader("Content-Encoding", "gzip");
			response.getWriter().write(SECRET);
			throw new EOFException("EOF reached while reading");
		}

		@GetMapping("/callable-eof")
		Callable<String> callableEof() {
			return () -> {
				throw new EOFException("EOF reached while reading");
			};
		}

		@GetMapping("/deferred-eof")
		DeferredResult<String> deferredEof() {
			DeferredResult<String> result = new DeferredResult<>();
			result.setErrorResult(new IOException("Connection reset by peer"));
			return result;
		}

		@GetMapping("/streaming-eof")
		StreamingResponseBody streamingEof() {
			return (output) -> {
				output.write(SECRET.getBytes(StandardCharsets.UTF_8));
				throw new EOFException("EOF reached while reading");
			};
		}

		@GetMapping("/emitter-error")
		ResponseBodyEmitter emitterError() {
			ResponseBodyEmitter emitter = new ResponseBodyEmitter();
			emitter.completeWithError(new IllegalStateException("no goods"));
			return emitter;
		}

		@GetMapping("/emitter-eof")
		ResponseBodyEmitter emitterEof() {
			ResponseBodyEmitter emitter = new ResponseBodyEmitter();
			emitter.completeWithError(new EOFException("EOF reached while reading"));
			return emitter;
		}

		@GetMapping("/too-short")
		void tooShort(HttpServletResponse response) throws IOException {
			response.setContentLength(100);
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
		}

		@GetMapping("/too-long")
		void tooLong(HttpServletResponse response) throws IOException {
			response.setContentLength(3);
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
		}

		@GetMapping("/flush-then-throw")
		void flushThenThrow(HttpServletResponse response) throws IOException {
			response.setHeader("X-Goods", SECRET);
			response.getWriter().write(SECRET);
			response.flushBuffer();
			throw new IllegalStateException("no goods");
		}

		@GetMapping("/etag-around/throws")
		void etagAroundThrows(HttpServletResponse response) throws IOException {
			flushThenThrow(response);
		}

		@GetMapping("/flush-then-eof")
		void flushThenEof(HttpServletResponse response) throws IOException {
			response.getWriter().write(SECRET);
			response.flushBuffer();
			throw new EOFException("EOF reached while reading");
		}

		@GetMapping("/close-then-throw")
		void closeThenThrow(HttpServletResponse response) throws IOException {
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
			response.getOutputStream().close();
			throw new IllegalStateException("no goods");
		}

		@GetMapping("/close-then-eof")
		void closeThenEof(HttpServletResponse response) throws IOException {
			response.getWriter().write(SECRET);
			response.getWriter().close();
			throw new EOFException("EOF reached while reading");
		}

		@GetMapping("/redirect-then-throw")
		void redirectThenThrow(HttpServletResponse response) throws IOException {
			response.sendRedirect("/" + SECRET);
			throw new IllegalStateException("no goods");
		}

		@GetMapping("/redirect-then-eof")
		void redirectThenEof(HttpServletResponse response) throws IOException {
			response.sendRedirect("/" + SECRET);
			throw new EOFException("EOF reached while reading");
		}

		@GetMapping("/partial-then-send-error")
		void partialThenSendError(HttpServletResponse response) throws IOException {
			response.setHeader("X-Goods", SECRET);
			response.setHeader("Content-Encoding", "gzip");
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
			response.flushBuffer();
			response.sendError(507);
		}

		@GetMapping("/entity-then-filter")
		ResponseEntity<String> entityThenFilter() {
			return ResponseEntity.ok().header("X-Goods", SECRET).body(SECRET);
		}

		@GetMapping("/streaming-cut")
		StreamingResponseBody streamingCut() {
			this.runs.incrementAndGet();
			return (output) -> {
				output.write(SECRET.getBytes(StandardCharsets.UTF_8));
				output.write(new byte[70_000]);
				throw new EOFException("EOF reached while reading");
			};
		}

		@GetMapping({ "/streaming-throws", "/etag-around/streaming-throws" })
		StreamingResponseBody streamingThrows() {
			this.runs.incrementAndGet();
			return (output) -> {
				output.write(SECRET.getBytes(StandardCharsets.UTF_8));
				output.write(new byte[70_000]);
				throw new IllegalStateException("no more goods");
			};
		}

		@GetMapping("/emitter-cut")
		ResponseBodyEmitter emitterCut() {
			this.runs.incrementAndGet();
			ResponseBodyEmitter emitter = new ResponseBodyEmitter();
			new Thread(() -> {
				try {
					emitter.send(SECRET);
					emitter.completeWithError(new EOFException("EOF reached while reading"));
				}
				catch (IOException ex) {
					emitter.completeWithError(ex);
				}
			}).start();
			return emitter;
		}

		@GetMapping("/sse-cut")
		SseEmitter sseCut() {
			this.runs.incrementAndGet();
			SseEmitter emitter = new SseEmitter();
			new Thread(() -> {
				try {
					emitter.send(SECRET);
					emitter.completeWithError(new IOException("Connection reset by peer"));
				}
				catch (IOException ex) {
					emitter.completeWithError(ex);
				}
			}).start();
			return emitter;
		}

		@GetMapping("/sync-stream-cut")
		void syncStreamCut(HttpServletResponse response) throws IOException {
			this.runs.incrementAndGet();
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
			response.flushBuffer();
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
			throw new EOFException("EOF reached while reading");
		}

		@GetMapping("/sync-stream")
		void syncStream(HttpServletResponse response) throws IOException {
			this.runs.incrementAndGet();
			for (int i = 0; i < 3; i++) {
				response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
				response.flushBuffer();
			}
		}

		@GetMapping("/streaming")
		StreamingResponseBody streaming() {
			this.runs.incrementAndGet();
			return (output) -> {
				for (int i = 0; i < 3; i++) {
					output.write(SECRET.getBytes(StandardCharsets.UTF_8));
					output.flush();
				}
			};
		}

		@GetMapping("/sse")
		SseEmitter sse() {
			this.runs.incrementAndGet();
			SseEmitter emitter = new SseEmitter();
			new Thread(() -> {
				try {
					emitter.send(SECRET);
					emitter.send(SECRET);
					emitter.complete();
				}
				catch (IOException ex) {
					emitter.completeWithError(ex);
				}
			}).start();
			return emitter;
		}

		@GetMapping("/emitter")
		ResponseBodyEmitter emitter() throws IOException {
			this.runs.incrementAndGet();
			ResponseBodyEmitter emitter = new ResponseBodyEmitter();
			emitter.send(SECRET);
			emitter.complete();
			return emitter;
		}

		@GetMapping("/large")
		byte[] large() {
			this.runs.incrementAndGet();
			return new byte[200_000];
		}

		@GetMapping(path = "/image", produces = MediaType.IMAGE_PNG_VALUE)
		ResponseEntity<byte[]> image() {
			this.runs.incrementAndGet();
			return ResponseEntity.ok(new byte[1_000_000]);
		}

		@GetMapping("/huge")
		void huge(HttpServletResponse response) throws IOException {
			this.runs.incrementAndGet();
			byte[] block = new byte[100_000];
			for (int i = 0; i < 30; i++) {
				response.getOutputStream().write(block);
			}
		}

		@GetMapping("/no-content-with-body")
		void noContentWithBody(HttpServletResponse response) throws IOException {
			response.setStatus(204);
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
		}

		@GetMapping("/no-content")
		void noContent(@RequestParam("calls") String calls, HttpServletResponse response) throws IOException {
			response.setStatus(204);
			for (String call : calls.split("-")) {
				switch (call) {
					case "length" -> response.setContentLength(5);
					case "flush" -> response.flushBuffer();
					default -> response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
				}
			}
		}

		@GetMapping("/head")
		void head(HttpServletRequest request, HttpServletResponse response) throws IOException {
			response.setContentLength(1000);
			if (!request.getMethod().equals("HEAD")) {
				response.getOutputStream().write(new byte[1000]);
			}
		}

		@PostMapping("/message")
		Map<String, String> message() {
			this.runs.incrementAndGet();
			return Map.of("message", SECRET);
		}

		@GetMapping("/object")
		Object object() {
			return SECRET;
		}

		@GetMapping("/own-type")
		Map<String, String> ownType(HttpServletResponse response) {
			response.setContentType("application/json");
			return Map.of("message", SECRET);
		}

		@GetMapping("/entity-type")
		ResponseEntity<Map<String, String>> entityType() {
			return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(Map.of("message", SECRET));
		}

		@PostMapping("/status/{status}")
		ResponseEntity<Void> status(@org.springframework.web.bind.annotation.PathVariable int status) {
			this.runs.incrementAndGet();
			return ResponseEntity.status(status)
				.eTag("\"" + SECRET + "\"")
				.lastModified(0)
				.header("X-Goods", SECRET)
				.header("Content-Disposition", SECRET)
				.build();
		}

		@GetMapping("/low-entropy")
		ResponseEntity<String> lowEntropy() {
			return ResponseEntity.ok().eTag("\"yes\"").lastModified(1_000_000_000_000L).body("yes");
		}

		@GetMapping("/varies")
		ResponseEntity<String> varies(@org.springframework.web.bind.annotation.RequestHeader("X-Doc") String doc) {
			return ResponseEntity.ok().header("Vary", "X-Doc").body("doc " + doc);
		}

		@PostMapping("/echo")
		String echo(@org.springframework.web.bind.annotation.RequestBody String body) {
			this.runs.incrementAndGet();
			return body;
		}

		@GetMapping("/part/fails")
		String partFails(HttpServletResponse response) throws IOException {
			response.getWriter().write(SECRET);
			throw new IllegalStateException("no part");
		}

		@GetMapping("/part/error")
		void partError(HttpServletResponse response) throws IOException {
			response.getWriter().write(SECRET);
			response.sendError(404);
		}

		@GetMapping("/part/handled")
		String partHandled() {
			throw new IllegalArgumentException("no part");
		}

		@ExceptionHandler
		ResponseEntity<String> handle(IllegalArgumentException ex) {
			return ResponseEntity.status(422).body("sorry");
		}

		@PaymentRequired(price = "$0.05")
		@GetMapping("/part/dear")
		String partDear() {
			return SECRET;
		}

		@GetMapping("/with-free-part")
		void withFreePart(HttpServletRequest request, HttpServletResponse response)
				throws IOException, ServletException {
			response.getWriter().write(SECRET);
			request.getRequestDispatcher("/free-part").include(request, response);
		}

		@GetMapping("/named-dispatcher")
		void namedDispatcher(HttpServletRequest request, HttpServletResponse response)
				throws ServletException, IOException {
			RequestDispatcher page = request.getServletContext().getNamedDispatcher("page");
			page.forward(request, response);
		}

	}

	/**
	 * Takes every exception of its connections for a buyer who left, as many do.
	 */
	@RestController
	@PaymentRequired(price = "$0.01")
	static class SwallowingController {

		@GetMapping("/swallowed/eof")
		String eof() throws IOException {
			throw new EOFException("EOF reached while reading");
		}

		@GetMapping("/swallowed/written")
		void written(HttpServletResponse response) throws IOException {
			response.getWriter().write(SECRET);
			throw new EOFException("EOF reached while reading");
		}

		@ExceptionHandler
		void swallow(IOException ex) {
		}

	}

	@RestController
	static class FreeController {

		@GetMapping("/free-part")
		void freePart(HttpServletResponse response) throws IOException {
			response.sendError(404);
		}

		@GetMapping("/page/{parts}")
		void page(@org.springframework.web.bind.annotation.PathVariable String parts, HttpServletRequest request,
				HttpServletResponse response) throws IOException, ServletException {
			response.getWriter().write("before ");
			for (String part : parts.split("-and-")) {
				try {
					request.getRequestDispatcher(part.equals("goods") ? "/goods" : "/part/" + part)
						.include(request, response);
				}
				catch (ServletException ex) {
					// The page goes on without it
				}
			}
			response.getWriter().write(" after");
		}

		@GetMapping("/async-context")
		void unused(HttpServletRequest request) {
			AsyncContext context = request.startAsync();
			context.complete();
		}

	}

}
