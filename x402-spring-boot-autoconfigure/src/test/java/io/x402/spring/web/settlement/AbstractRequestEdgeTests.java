/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.protocol.ProtocolVersion;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Requests at the edges of HTTP: whatever they look like, one payment buys one thing, and
 * what does not arrive whole is not charged.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractRequestEdgeTests {

	/** Responses are longer than what is stored. */
	private static final String PADDING = "x".repeat(2000);

	protected static final String[] PROPERTIES = { "x402.redelivery.body-limit=1KB",
			"x402.redelivery.encryption-key=" + Base64.getEncoder().encodeToString(new byte[32]) };

	private static final String TEXT = "Content-Type: text/plain";

	protected Edge edge;

	protected abstract Edge open();

	@BeforeAll
	void openEdge() {
		this.edge = open();
	}

	@AfterAll
	void closeEdge() {
		this.edge.close();
	}

	@Test
	void whenParametersOfOneNameChangeTheirOrderThenItIsAnotherRequest() throws IOException {
		assertOtherRequest("/parameter?doc=1&doc=2&a=3", "", "", "/parameter?doc=2&doc=1&a=3", "", "");
		assertOtherRequest("/parameter?doc=1&doc=2&a=3", "", "", "/parameter?%64oc=2&doc=1&a=3", "", "");
	}

	@Test
	void whenParametersOfSeveralNamesChangeTheirOrderThenItIsTheSameRequest() throws IOException {
		Payment payment = payment();
		assertThat(send("GET", "/parameter?doc=1&doc=2&a=3", payment, "", "").status()).isEqualTo(200);
		assertThat(send("GET", "/parameter?doc=1&a=3&doc=2", payment, "", "").status()).isEqualTo(200);
	}

	@Test
	void whenCookiesOfOneNameChangeTheirOrderThenItIsAnotherRequest() throws IOException {
		assertOtherRequest("/cookie", "Cookie: doc=1; doc=2", "", "/cookie", "Cookie: doc=2; doc=1", "");
	}

	@Test
	void whenAResponseThatIsNotStoredVariesThenItsHandlerRunsAgainForTheSameHeadersOnly() throws IOException {
		assertOtherRequest("/varies", "X-Doc: 1", "", "/varies", "X-Doc: 2", "");
	}

	@Test
	void whenABuyerLeavesAResponseThatVariesThenItsHandlerRunsAgainForTheSameHeadersOnly() throws IOException {
		Payment payment = payment();
		Script script = this.edge.script(payment);
		try (WireExchange exchange = new WireExchange(this.edge.port())) {
			exchange.send("GET", "/varies?size=5000000", payment.headerLine(), "X-Doc: 1");
			exchange.receiveUntil("doc 1");
			exchange.abort();
		}
		await().atMost(Duration.ofMinutes(1)).until(() -> !this.edge.claim(payment).active());
		assertThat(send("GET", "/varies?size=5000000", payment, "X-Doc: 2", "").status()).isEqualTo(409);
		assertThat(send("GET", "/varies?size=5000000", payment, "X-Doc: 1", "").status()).isEqualTo(200);
		assertThat(script.settlements()).isOne();
	}

	/**
	 * One payment buys the response to one request, and not to another one.
	 */
	protected void assertOtherRequest(String target, String line, String body, String otherTarget, String otherLine,
			String otherBody) throws IOException {
		Payment payment = payment();
		Script script = this.edge.script(payment);
		WireResponse first = send("GET", target, payment, line, body);
		assertThat(first.status()).isEqualTo(200);
		assertThat(send("GET", otherTarget, payment, otherLine, otherBody).status()).isEqualTo(409);
		assertThat(send("GET", target, payment, line, body).bodyText()).isEqualTo(first.bodyText());
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "/order, CHUNK", "/order, LENGTH", "/order, NO_NUMBER", "/order, JUNK", "/blind-order, CHUNK",
			"/blind-order, LENGTH", "/blind-order, NO_NUMBER", "/blind-order, JUNK" })
	void whenABodyBreaksOffThenNothingIsChargedAndThePaymentIsStillGood(String target, Break kind) throws IOException {
		for (boolean late : new boolean[] { false, true }) {
			Payment payment = payment();
			Script script = this.edge.script(payment);
			int runs = this.edge.runs();
			try (WireExchange exchange = new WireExchange(this.edge.port())) {
				exchange.sendText("POST " + target + " HTTP/1.1\r\nHost: shop.test\r\n" + TEXT + "\r\n"
						+ payment.headerLine() + "\r\n" + kind.start);
				if (late) {
					await().pollDelay(Duration.ofMillis(100)).until(() -> true);
				}
				exchange.sendText(kind.end);
				if (kind.end.isEmpty()) {
					exchange.endRequest();
				}
				assertThat(new String(exchange.receiveAll(), StandardCharsets.ISO_8859_1)).doesNotContain(" 200 ");
			}
			assertThat(send("POST", target, payment, TEXT, "whole").status()).isEqualTo(200);
			assertThat(this.edge.runs()).isEqualTo(runs + 1);
			assertThat(script.settlements()).isOne();
		}
	}

	@Test
	void whenAClientWaitsToBeToldToContinueThenItPaysOnce() throws IOException {
		Payment payment = payment();
		Script script = this.edge.script(payment);
		try (WireExchange exchange = new WireExchange(this.edge.port())) {
			exchange.sendText("POST /order HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n" + TEXT + "\r\n"
					+ payment.headerLine() + "\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
			assertThat(exchange.receiveUntil("\r\n\r\n")).startsWith("HTTP/1.1 100");
			exchange.sendText("whole");
			assertThat(new String(exchange.receiveAll(), StandardCharsets.ISO_8859_1)).contains("HTTP/1.1 200")
				.endsWith("order whole");
		}
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenAClientSpeaksAnOlderVersionOfHttpThenItPaysOnce() throws IOException {
		Payment payment = payment();
		Script script = this.edge.script(payment);
		for (int i = 0; i < 2; i++) {
			try (WireExchange exchange = new WireExchange(this.edge.port())) {
				WireResponse response = exchange
					.sendText("GET /goods HTTP/1.0\r\nHost: shop.test\r\n" + payment.headerLine() + "\r\n\r\n")
					.receive();
				assertThat(response.status()).isEqualTo(200);
				assertThat(response.header("PAYMENT-RESPONSE")).isNotEmpty();
				assertThat(response.bodyText()).isEqualTo("goods");
			}
		}
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenAClientSendsNoMoreThenItCanCollectWhatItIsChargedFor() throws IOException {
		Payment payment = payment();
		Script script = this.edge.script(payment);
		try (WireExchange exchange = new WireExchange(this.edge.port())) {
			exchange.send("POST", "/order", "whole".getBytes(StandardCharsets.UTF_8), TEXT, payment.headerLine())
				.endRequest()
				.receiveAll();
		}
		assertThat(send("POST", "/order", payment, TEXT, "whole").bodyText()).isEqualTo("order whole");
		assertThat(script.settlements()).isOne();
	}

	@Test
	void whenSeveralPaymentsComeThenNoneIsTaken() throws IOException {
		Payment one = payment();
		Payment two = payment();
		Payment old = this.edge.buyer().sign(one.offer(), ProtocolVersion.V1);
		List<Script> scripts = List.of(this.edge.script(one), this.edge.script(two), this.edge.script(old));
		String name = ProtocolVersion.V2.paymentHeader();
		int runs = this.edge.runs();
		for (String lines : List.of(one.headerLine() + "\r\n" + two.headerLine(),
				one.headerLine() + "\r\n" + one.headerLine(), one.headerLine() + ", " + two.value(),
				one.headerLine() + "\r\n" + old.headerLine(), old.headerLine() + "\r\n" + one.headerLine(),
				"payment-signature: " + one.value() + "\r\n" + two.headerLine(),
				one.headerLine() + "\r\n " + two.value(), one.headerLine() + "\r\n" + name + " : " + two.value(),
				one.headerLine() + "\r\n" + name + ": ")) {
			try (WireExchange exchange = new WireExchange(this.edge.port())) {
				assertThat(exchange.send("GET", "/goods", lines).receive().status()).isIn(400, 402);
			}
		}
		assertThat(scripts).allMatch((script) -> script.settlements() == 0);
		assertThat(this.edge.runs()).isEqualTo(runs);
	}

	@Test
	void whenHeadIsPaidForThenNoOtherMethodIs() throws IOException {
		Payment payment = payment();
		Script script = this.edge.script(payment);
		assertThat(send("HEAD", "/goods", payment, "", "").status()).isEqualTo(200);
		assertThat(send("GET", "/goods", payment, "", "").status()).isEqualTo(409);
		assertThat(script.settlements()).isOne();
	}

	protected Payment payment() throws IOException {
		Payment payment = this.edge.buyer().sign(this.edge.buyer().offer(this.edge.port(), "/goods"));
		this.edge.script(payment);
		return payment;
	}

	protected WireResponse send(String method, String target, Payment payment, String line, String body)
			throws IOException {
		try (WireExchange exchange = new WireExchange(this.edge.port())) {
			String[] lines = line.isEmpty() ? new String[] { payment.headerLine() }
					: new String[] { payment.headerLine(), line };
			return exchange.send(method, target, body.getBytes(StandardCharsets.UTF_8), lines).receive();
		}
	}

	/**
	 * How a body breaks off.
	 */
	enum Break {

		CHUNK("Transfer-Encoding: chunked\r\n\r\n10\r\nhalf", ""),

		LENGTH("Content-Length: 16\r\n\r\nhalf", ""),

		NO_NUMBER("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "no number\r\n"),

		JUNK("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "-5\r\nother\r\n0\r\n\r\n");

		private final String start;

		private final String end;

		Break(String start, String end) {
			this.start = start;
			this.end = end;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(GoodsController.class)
	static class Goods {

		@Bean
		AtomicInteger runs() {
			return new AtomicInteger();
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class GoodsController {

		private final AtomicInteger runs;

		GoodsController(AtomicInteger runs) {
			this.runs = runs;
		}

		@GetMapping("/goods")
		String goods() {
			this.runs.incrementAndGet();
			return "goods";
		}

		@PostMapping("/order")
		String order(@RequestBody String body) {
			this.runs.incrementAndGet();
			return "order " + body;
		}

		@PostMapping("/blind-order")
		String blindOrder() {
			this.runs.incrementAndGet();
			return "order";
		}

		@GetMapping("/parameter")
		String parameter(@RequestParam String[] doc) {
			return "doc " + doc[0] + PADDING;
		}

		@GetMapping("/cookie")
		String cookie(@CookieValue String doc) {
			return "doc " + doc + PADDING;
		}

		@GetMapping("/body")
		String body(@RequestBody byte[] body) {
			return new String(body, StandardCharsets.UTF_8) + PADDING;
		}

		@GetMapping("/varies")
		ResponseEntity<String> varies(@RequestHeader("X-Doc") String doc,
				@RequestParam(defaultValue = "2000") int size) {
			return ResponseEntity.ok().header("Vary", "X-Doc").body("doc " + doc + "x".repeat(size));
		}

	}

}
