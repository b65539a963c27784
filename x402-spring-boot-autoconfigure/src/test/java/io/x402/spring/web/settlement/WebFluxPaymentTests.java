/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.WebFluxGoods.Runs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Paid requests to WebFlux on Reactor Netty: their bodies, repetitions, buyers who leave,
 * streams, and what stands around a handler.
 */
class WebFluxPaymentTests {

	private static final int COPIES = 64;

	private static WebFluxShop shop;

	@BeforeAll
	static void open() {
		shop = WebFluxShop.open(WebFluxGoods.class, "x402.facilitator.settle-timeout=20s",
				"x402.routes[0].path=/socket", "x402.routes[0].price=$0.01", "x402.routes[1].path=/socket-upfront",
				"x402.routes[1].price=$0.01", "x402.routes[1].flow=upfront", "x402.routes[2].path=/files/**",
				"x402.routes[2].price=$0.01", "spring.webflux.static-path-pattern=/files/**",
				"spring.web.resources.static-locations=classpath:/io/x402/spring/web/routing/static/static-files/");
	}

	@AfterAll
	static void close() {
		shop.close();
	}

	@BeforeEach
	void reset() {
		Runs runs = shop.bean(Runs.class);
		runs.count.set(0);
		runs.cancelled.set(0);
		runs.produced.set(0);
	}

	private static Runs runs() {
		return shop.bean(Runs.class);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static Payment paymentFor(String method, String target) throws IOException {
		Payment payment = shop.buyer().sign(Buyer.offer(shop.send(method, target)));
		shop.script(payment, SettleBehaviour.SETTLED);
		return payment;
	}

	@ParameterizedTest
	@ValueSource(strings = { "/goods", "/goods/", "/events", "/files/secret", "/socket" })
	void whenNothingIsPaidThenNothingIsShown(String target) throws IOException {
		WireResponse response = shop.send("GET", target);
		assertThat(response.shows("goods-")).isFalse();
		assertThat(response.shows(WebFluxGoods.SECRET)).isFalse();
		assertThat(response.status()).isEqualTo(target.endsWith("/") ? 404 : 402);
		assertThat(runs().count).hasValue(0);
	}

	@Test
	void whenABrowserAsksThenItGetsThePage() throws IOException {
		WireResponse response = shop.send("GET", "/goods", "Accept: text/html", "User-Agent: Mozilla/5.0");
		assertThat(response.status()).isEqualTo(402);
		assertThat(response.header("Content-Type")).startsWith("text/html");
	}

	@Test
	void whenABrowserPostsAFormThenThePageRepeatsIt() throws IOException {
		byte[] form = bytes("message=ol%C3%A1&to=a%3Db");
		WireResponse response = post(form);
		assertThat(response.status()).isEqualTo(402);
		assertThat(response.bodyText()).contains("\"method\":\"POST\"")
			.contains("\"body\":\"" + Base64.getEncoder().encodeToString(form) + "\"")
			.doesNotContain("\"tooLong\"");
	}

	@Test
	void whenABrowserPostsALongFormThenThePageDoesNotRepeatIt() throws IOException {
		WireResponse response = post(bytes("a=" + "b".repeat(70_000)));
		assertThat(response.status()).isEqualTo(402);
		assertThat(response.bodyText()).contains("\"tooLong\":true").doesNotContain("\"body\":");
	}

	private static WireResponse post(byte[] form) throws IOException {
		return shop.send("POST", "/form", form, "Accept: text/html", "User-Agent: Mozilla/5.0",
				"Content-Type: application/x-www-form-urlencoded");
	}

	/**
	 * Reactor Netty may not read the next request after a response of another thread.
	 */
	@Test
	void whenPaymentIsTakenThenTheHandlerRunsOnTheThreadOfTheConnection() throws IOException {
		Payment payment = paymentFor("GET", "/thread");
		assertThat(shop.pay("/thread", payment).bodyText()).startsWith("reactor-http-");
	}

	@Test
	void whenAFreeHandlerIsPaidThenNothingIsTaken() throws IOException {
		Payment payment = shop.goodPayment("/goods");
		WireResponse response = shop.pay("/free", payment);
		assertThat(response.bodyText()).isEqualTo("free");
		assertThat(shop.claim(payment)).isNull();
	}

	@Test
	void whenHandlersTakeThePaymentThenTheyKnowThePayer() throws IOException {
		String payer = shop.buyer().address();
		assertThat(shop.pay("/payers", shop.goodPayment("/payers")).bodyText())
			.isEqualToIgnoringCase(payer + " " + payer + " " + payer);
	}

	@Test
	void whenRepeatedThenTheSameIsDeliveredWithoutAnotherRun() throws IOException {
		Payment payment = shop.payment("/goods");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(shop.pay("/goods", payment).bodyText()).isEqualTo("goods-1");
		for (int i = 0; i < 10; i++) {
			WireResponse again = shop.pay("/goods", payment);
			assertThat(again.bodyText()).isEqualTo("goods-1");
			assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
			assertThat(again.header("PAYMENT-RESPONSE")).isNotEmpty();
			assertThat(again.header("Cache-Control")).contains("private");
		}
		assertThat(script.settlements()).isOne();
		assertThat(runs().count).hasValue(1);
	}

	@Test
	void whenCopiesComeAtOnceThenOneIsServedAndSettled() throws Exception {
		Payment payment = shop.payment("/goods");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		ExecutorService buyers = Executors.newFixedThreadPool(COPIES);
		CyclicBarrier start = new CyclicBarrier(COPIES);
		List<Future<WireResponse>> answers = new ArrayList<>();
		for (int i = 0; i < COPIES; i++) {
			answers.add(buyers.submit(() -> {
				start.await(20, TimeUnit.SECONDS);
				return shop.pay("/goods", payment);
			}));
		}
		int fresh = 0;
		for (Future<WireResponse> answer : answers) {
			assertThat(answer.get().status()).isIn(200, 409);
			assertThat(answer.get().shows("goods-1")).isEqualTo(answer.get().status() == 200);
			fresh += (answer.get().status() == 200 && answer.get().headers("Idempotent-Replayed").isEmpty()) ? 1 : 0;
		}
		buyers.shutdown();
		assertThat(fresh).isOne();
		assertThat(runs().count).hasValue(1);
		assertThat(script.verifications()).isOne();
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenTheBodyIsSmallThenTheHandlerReadsAllOfIt() throws IOException {
		Payment payment = paymentFor("POST", "/echo");
		assertThat(
				shop.send("POST", "/echo", bytes("hello"), payment.headerLine(), "Content-Type: text/plain").bodyText())
			.isEqualTo(WebFluxGoods.SECRET + "5hello");
		assertThat(shop.send("POST", "/echo", bytes("hello"), payment.headerLine(), "Content-Type: text/plain")
			.header("Idempotent-Replayed")).isEqualTo("true");
		WireResponse other = shop.send("POST", "/echo", bytes("hallo"), payment.headerLine(),
				"Content-Type: text/plain");
		assertThat(other.json().path("code").asString()).isEqualTo("payment_already_bound");
		assertThat(runs().count).hasValue(1);
	}

	@Test
	void whenTheBodyIsLargeThenTheHandlerReadsAllOfIt() throws IOException {
		Payment payment = paymentFor("POST", "/stream-in");
		WireResponse response = shop.send("POST", "/stream-in", new byte[700_000], payment.headerLine(),
				"Content-Type: application/octet-stream");
		assertThat(response.bodyText()).isEqualTo(WebFluxGoods.SECRET + "700000");
	}

	@Test
	void whenALargeBodyIsChunkedThenTheHandlerReadsAllOfIt() throws IOException {
		Payment payment = paymentFor("POST", "/stream-in");
		try (WireExchange exchange = new WireExchange(shop.port())) {
			WireResponse response = exchange
				.sendChunked("POST", "/stream-in", new byte[300_000], payment.headerLine(),
						"Content-Type: application/octet-stream")
				.receive();
			assertThat(response.bodyText()).isEqualTo(WebFluxGoods.SECRET + "300000");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/ignored", "/free-ignored" })
	void whenTheHandlerIgnoresALargeBodyThenTheConnectionGoesOn(String target) throws IOException {
		Payment payment = paymentFor("POST", "/ignored");
		try (WireExchange exchange = new WireExchange(shop.port()).keepAlive()) {
			exchange.send("POST", target, new byte[200_000], payment.headerLine(),
					"Content-Type: application/octet-stream");
			exchange.receiveUntil(WebFluxGoods.SECRET);
			exchange.send("GET", "/free");
			assertThat(exchange.receiveUntil("free")).contains("free");
		}
	}

	@Test
	void whenAFormIsSpelledInAnotherWayThenItIsTheSame() throws IOException {
		Payment payment = paymentFor("POST", "/form");
		String type = "Content-Type: application/x-www-form-urlencoded";
		assertThat(shop.send("POST", "/form", bytes("a=1&b=%41"), payment.headerLine(), type).bodyText())
			.isEqualTo(WebFluxGoods.SECRET + "{a=[1], b=[A]}");
		assertThat(
				shop.send("POST", "/form", bytes("b=A&a=1"), payment.headerLine(), type).header("Idempotent-Replayed"))
			.isEqualTo("true");
		assertThat(shop.send("POST", "/form", bytes("b=A&a=2"), payment.headerLine(), type).status()).isNotEqualTo(200);
		assertThat(runs().count).hasValue(1);
	}

	@Test
	void whenAFormHasItsOwnCharsetThenItsLettersAreToldApart() throws IOException {
		Payment payment = paymentFor("POST", "/form");
		String type = "Content-Type: application/x-www-form-urlencoded;charset=ISO-8859-1";
		shop.send("POST", "/form", bytes("a=%E9"), payment.headerLine(), type);
		assertThat(runs().count).hasValue(1);
		WireResponse other = shop.send("POST", "/form", bytes("a=%E8"), payment.headerLine(), type);
		assertThat(other.json().path("code").asString()).isEqualTo("payment_already_bound");
	}

	@Test
	void whenPartsHaveAnotherBoundaryThenTheyAreTheSame() throws IOException {
		Payment payment = paymentFor("POST", "/parts");
		assertThat(parts(payment, "first", "Ada").bodyText()).isEqualTo(WebFluxGoods.SECRET + "[name]Ada");
		assertThat(parts(payment, "second", "Ada").header("Idempotent-Replayed")).isEqualTo("true");
		assertThat(parts(payment, "third", "Bob").status()).isNotEqualTo(200);
		assertThat(runs().count).hasValue(1);
	}

	private static WireResponse parts(Payment payment, String boundary, String name) throws IOException {
		String body = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n" + name + "\r\n--"
				+ boundary + "--\r\n";
		return shop.send("POST", "/parts", bytes(body), payment.headerLine(),
				"Content-Type: multipart/form-data; boundary=" + boundary);
	}

	@Test
	void whenTheBuyerLeavesWhileTheHandlerRunsThenNothingIsCharged() throws IOException {
		Payment payment = shop.payment("/slow");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		try (WireExchange exchange = new WireExchange(shop.port())) {
			exchange.send("GET", "/slow", payment.headerLine());
			await().until(() -> runs().count.get() == 1);
			exchange.abort();
		}
		await().until(() -> runs().cancelled.get() == 1);
		assertThat(shop.isReleased(payment)).isTrue();
		assertThat(script.settlements()).isZero();
	}

	@Test
	void whenTheBuyerLeavesDuringSettlementThenTheResponseCanBeCollected() throws Exception {
		Payment payment = shop.payment("/goods");
		CountDownLatch settling = new CountDownLatch(1);
		CountDownLatch left = new CountDownLatch(1);
		Script script = shop.script(payment, SettleBehaviour.SETTLED).atSettle(() -> {
			settling.countDown();
			awaitQuietly(left);
		});
		try (WireExchange exchange = new WireExchange(shop.port())) {
			exchange.send("GET", "/goods", payment.headerLine());
			assertThat(settling.await(30, TimeUnit.SECONDS)).isTrue();
			exchange.abort();
		}
		left.countDown();
		await().atMost(Duration.ofSeconds(30)).until(() -> shop.claim(payment).state() == ClaimState.SETTLED);
		WireResponse collected = shop.pay("/goods", payment);
		assertThat(collected.bodyText()).isEqualTo("goods-1");
		assertThat(collected.header("Idempotent-Replayed")).isEqualTo("true");
		assertThat(script.settlements()).isOne();
		assertThat(runs().count).hasValue(1);
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void whenTheBuyerLeavesAnEndlessStreamThenItsSourceEndsAndIsNotAhead() throws IOException {
		Payment payment = shop.goodPayment("/endless");
		try (WireExchange exchange = new WireExchange(shop.port())) {
			exchange.send("GET", "/endless", payment.headerLine());
			exchange.receiveUntil("xxxx");
			long produced = await().during(Duration.ofMillis(500))
				.atMost(Duration.ofSeconds(30))
				.until(() -> runs().produced.get(), (count) -> count == runs().produced.get());
			assertThat(produced).as("bounded by the buffers of the connection").isLessThan(50_000_000);
			exchange.abort();
		}
		await().until(() -> runs().cancelled.get() == 1);
		assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.SETTLED);
	}

	@Test
	void whenTheFacilitatorHangsThenEventLoopsDoNot() throws Exception {
		List<Payment> payments = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			Payment payment = shop.payment("/goods");
			shop.script(payment, SettleBehaviour.TIMEOUT);
			payments.add(payment);
		}
		List<WireExchange> open = new ArrayList<>();
		for (Payment payment : payments) {
			open.add(new WireExchange(shop.port()).send("GET", "/goods", payment.headerLine()));
		}
		await().until(() -> payments.stream()
			.allMatch((payment) -> shop.claim(payment) != null && shop.claim(payment).state() == ClaimState.SETTLING));
		assertThat(shop.send("GET", "/free").bodyText()).isEqualTo("free");
		assertThat(shop.pay("/payers", shop.goodPayment("/payers")).status()).isEqualTo(200);
		assertThat(payments).allMatch((payment) -> shop.claim(payment).state() == ClaimState.SETTLING);
		for (WireExchange exchange : open) {
			exchange.abort();
		}
	}

	@Test
	void whenEventsAreStreamedThenTheyAreSettledBeforeTheFirstAndComeOneByOne() throws IOException {
		Payment payment = shop.payment("/events");
		try (WireExchange exchange = new WireExchange(shop.port())) {
			Script script = shop.script(payment, SettleBehaviour.SETTLED);
			exchange.send("GET", "/events", payment.headerLine());
			String first = exchange.receiveUntil(WebFluxGoods.SECRET + "0");
			assertThat(script.settlements()).isOne();
			assertThat(first).doesNotContain(WebFluxGoods.SECRET + "2").contains("PAYMENT-RESPONSE");
			assertThat(exchange.receive().shows(WebFluxGoods.SECRET + "3")).isTrue();
		}
		WireResponse again = shop.pay("/events", payment);
		assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
		assertThat(again.bodyText()).contains(WebFluxGoods.SECRET + "0", WebFluxGoods.SECRET + "3");
	}

	@Test
	void whenAStreamFailsAfterItsFirstPartThenItIsCutAndOwed() throws IOException {
		Payment payment = shop.payment("/events-fail");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.pay("/events-fail", payment);
		assertThat(response.shows("\r\n0\r\n\r\n")).as("an end that looks well: %s", response).isFalse();
		await().until(() -> !shop.claim(payment).active());
		shop.pay("/events-fail", payment);
		assertThat(runs().count).as("the handler runs again for the same payment").hasValue(2);
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenABodyIsShorterThanDeclaredThenItIsNotTakenForWhole() throws IOException {
		Payment payment = shop.goodPayment("/cut");
		WireResponse response = shop.pay("/cut", payment);
		assertThat(response.body().length).isLessThan(300_000);
		await().until(() -> !shop.claim(payment).active());
		assertThat(shop.pay("/cut", payment).headers("Idempotent-Replayed")).isEmpty();
	}

	@Test
	void whenAHandlerReachesForTheConnectionThenNothingIsCharged() throws IOException {
		Payment payment = shop.payment("/native");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(shop.pay("/native", payment).status()).isEqualTo(500);
		assertThat(script.settlements()).isZero();
		assertThat(shop.isReleased(payment)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "/late, 500", "/commit-fails, 422", "/hidden-failure, 500" })
	void whenAHandlerDoesNotEndWellThenNothingIsChargedOrShown(String target, int status) throws IOException {
		Payment payment = shop.payment(target);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.pay(target, payment);
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.shows(WebFluxGoods.SECRET)).as(response.toString()).isFalse();
		assertThat(shop.isReleased(payment)).isTrue();
		assertThat(script.settlements()).isZero();
	}

	@Test
	void whenAFilterSendsARequestThroughOnceMoreThenItIsPaidFor() throws IOException {
		Payment payment = shop.payment("/retried");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.pay("/retried", payment);
		assertThat(response.shows(WebFluxGoods.SECRET)).as(response.toString()).isEqualTo(script.settlements() == 1);
		assertThat(response.status()).isEqualTo(200);
	}

	@Test
	void whenAStreamFailsAsIfItsBuyerHadLeftThenItIsCutOff() throws IOException {
		Payment payment = shop.goodPayment("/reset");
		assertThatIllegalStateException().isThrownBy(() -> shop.pay("/reset", payment).body())
			.withMessageContaining("cut short");
	}

	@Test
	void whenABuyerSpeaksVersionOneThenItIsServed() throws IOException {
		Payment payment = shop.buyer().sign(shop.offer("/goods"), ProtocolVersion.V1);
		shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.pay("/goods", payment);
		assertThat(response.bodyText()).isEqualTo("goods-1");
		assertThat(response.header("X-PAYMENT-RESPONSE")).isNotEmpty();
	}

	@Test
	void whenAHandlerWritesTwiceThenItIsChargedOnce() throws IOException {
		Payment payment = shop.payment("/twice");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(shop.pay("/twice", payment).bodyText()).isEqualTo(WebFluxGoods.SECRET);
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenAHandlerForgesAReceiptThenItsOwnIsDropped() throws IOException {
		WireResponse response = shop.pay("/reserved", shop.goodPayment("/reserved"));
		assertThat(response.headers("PAYMENT-RESPONSE")).hasSize(1).doesNotContain("forged");
		assertThat(response.header("Cache-Control")).contains("private").doesNotContain("public");
	}

	@Test
	void whenAPaidUpfrontHandlerFailsThenItRunsAgainForTheSamePayment() throws IOException {
		Payment payment = shop.payment("/upfront");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(shop.pay("/upfront", payment).status()).isEqualTo(500);
		await().until(() -> !shop.claim(payment).active());
		assertThat(shop.pay("/upfront", payment).bodyText()).isEqualTo("true");
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenAWebSocketIsPaidAfterTheHandshakeThenNothingIsSold() throws IOException {
		Payment payment = shop.payment("/socket");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = handshake("/socket", payment);
		assertThat(response.shows(WebFluxGoods.SECRET)).isFalse();
		assertThat(response.status()).isEqualTo(400);
		assertThat(script.settlements()).isZero();
		assertThat(shop.isReleased(payment)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/socket-upfront", "/socket-free" })
	void whenAWebSocketIsPaidUpfrontOrFreeThenItOpens(String target) throws IOException {
		Payment payment = shop.goodPayment("/socket-upfront");
		try (WireExchange exchange = new WireExchange(shop.port())) {
			exchange.keepAlive().send("GET", target, socketLines(payment));
			assertThat(exchange.receiveUntil(WebFluxGoods.SECRET)).startsWith("HTTP/1.1 101");
		}
	}

	@Test
	void whenAWebSocketIsPaidUpfrontThenItTalks() throws Exception {
		Payment payment = shop.payment("/socket-upfront");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		CompletableFuture<String> text = new CompletableFuture<>();
		CompletableFuture<Integer> closed = new CompletableFuture<>();
		connect("/socket-upfront", payment, new WebSocket.Listener() {

			@Override
			public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
				text.complete(data.toString());
				socket.request(1);
				return null;
			}

			@Override
			public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
				closed.complete(status);
				return null;
			}

		}).get(30, TimeUnit.SECONDS);
		assertThat(text.get(30, TimeUnit.SECONDS)).isEqualTo(WebFluxGoods.SECRET);
		assertThat(closed.get(30, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "SETTLED, /socket, 400, 0", "DECLINED, /socket-upfront, 402, 1",
			"SERVER_ERROR, /socket-upfront, 503, 1" })
	void whenAWebSocketIsNotPaidBeforeTheHandshakeThenItsClientSeesWhy(SettleBehaviour behaviour, String target,
			int status, int settlements) throws IOException {
		Payment payment = shop.payment(target);
		Script script = shop.script(payment, behaviour);
		assertThat(connect(target, payment, new WebSocket.Listener() {
		})).failsWithin(Duration.ofSeconds(30))
			.withThrowableThat()
			.havingCause()
			.isInstanceOfSatisfying(WebSocketHandshakeException.class,
					(ex) -> assertThat(ex.getResponse().statusCode()).isEqualTo(status));
		assertThat(script.settlements()).isEqualTo(settlements);
	}

	private static CompletableFuture<WebSocket> connect(String target, Payment payment, WebSocket.Listener listener) {
		String[] header = payment.headerLine().split(": ", 2);
		return HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.header(header[0], header[1])
			.buildAsync(URI.create("ws://127.0.0.1:" + shop.port() + target), listener);
	}

	private static WireResponse handshake(String target, Payment payment) throws IOException {
		try (WireExchange exchange = new WireExchange(shop.port())) {
			return exchange.keepAlive().send("GET", target, socketLines(payment)).receiveOne();
		}
	}

	private static String[] socketLines(Payment payment) {
		return new String[] { payment.headerLine(), "Upgrade: websocket", "Connection: Upgrade",
				"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" };
	}

	@Test
	void whenAStaticResourceIsPaidThenItIsDelivered() throws IOException {
		Payment payment = shop.goodPayment("/files/secret");
		WireResponse response = shop.pay("/files/secret", payment);
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.body()).isNotEmpty();
		assertThat(response.header("PAYMENT-RESPONSE")).isNotEmpty();
	}

	@Test
	void whenAStaticResourceDoesNotExistThenNothingIsCharged() throws IOException {
		Payment payment = shop.payment("/files/nothing");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		assertThat(shop.pay("/files/nothing", payment).status()).isEqualTo(404);
		assertThat(script.settlements()).isZero();
	}

	@Test
	void whenOptionsAreAskedForThenNothingIsPaid() throws IOException {
		WireResponse response = shop.send("OPTIONS", "/goods");
		assertThat(response.status()).isLessThan(300);
		assertThat(runs().count).hasValue(0);
	}

	@Test
	void whenHeadIsAskedForThenOffersAreInItsHeaders() throws IOException {
		WireResponse response = shop.send("HEAD", "/goods");
		assertThat(response.status()).isEqualTo(402);
		assertThat(response.header("PAYMENT-REQUIRED")).isNotEmpty();
	}

	@Test
	void whenAnOriginIsLetInThenItMaySendPaymentsAndReadReceipts() throws IOException {
		WireResponse preFlight = shop.send("OPTIONS", "/goods", "Origin: https://app.example",
				"Access-Control-Request-Method: GET", "Access-Control-Request-Headers: payment-signature");
		assertThat(preFlight.status()).isEqualTo(200);
		assertThat(preFlight.header("Access-Control-Allow-Headers")).containsIgnoringCase("payment-signature");
		WireResponse response = shop.send("GET", "/goods", "Origin: https://app.example");
		assertThat(response.header("Access-Control-Expose-Headers")).contains("PAYMENT-REQUIRED");
		WireResponse other = shop.send("GET", "/goods", "Origin: https://other.example");
		assertThat(other.headers("Access-Control-Expose-Headers")).isEmpty();
	}

	@Test
	void whenAPolicyDecidesThenItIsObeyed() throws IOException {
		assertThat(shop.send("GET", "/goods", "X-Policy: FREE").bodyText()).isEqualTo("goods-1");
		assertThat(shop.send("GET", "/goods", "X-Policy: REFUSE").status()).isEqualTo(403);
		assertThat(shop.send("GET", "/goods", "X-Policy: CHARGE").status()).isEqualTo(402);
		assertThat(shop.send("GET", "/goods", "X-Policy: what").status()).isEqualTo(503);
	}

}
