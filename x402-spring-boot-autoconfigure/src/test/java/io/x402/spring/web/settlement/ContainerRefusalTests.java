/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.x402.spring.PaymentRequired;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Shop.Purchase;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a container refuses to send is found before it is charged.
 */
class ContainerRefusalTests {

	private static final String SECRET = "s3cret-goods";

	@RegisterExtension
	static final Shops SHOPS = Shops.of(GoodsConfiguration.class);

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /headers?size=33000", "TOMCAT, /headers?size=31900", "TOMCAT, /many-headers",
			"TOMCAT, /cookies", "TOMCAT, /streamed-headers", "TOMCAT, /flushed-headers", "JETTY, /headers?size=33000",
			"JETTY, /headers?size=31900", "JETTY, /many-headers", "JETTY, /cookies", "JETTY, /streamed-headers",
			"JETTY, /flushed-headers" })
	void whenTheHeadersExceedTheLimitOfTheContainerThenNothingIsCharged(Container container, String target)
			throws Exception {
		assertNothingIsChargedOrShown(container, target);
	}

	@ParameterizedTest
	@EnumSource
	void whenTheHeadersFitThenTheResponseIsSold(Container container) throws Exception {
		Purchase purchase = buyOne(SHOPS.get(container), "/headers?size=28000");
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().header("X-Goods")).hasSize(28_000);
		assertThat(purchase.response().header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(purchase.script().settlements()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, http://[::1", "TOMCAT, http://shop.test:port/", "TOMCAT, ", "JETTY, http://[::1",
			"JETTY, http://shop.test:port/", "JETTY, " })
	void whenALocationCannotBeReadThenNothingIsCharged(Container container, String location) throws Exception {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy("/redirect", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(302);
		String target = "/redirect-to" + ((location != null) ? "?location=" + location.replace("[", "%5B") : "");
		Payment payment = shop.payment(target);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.pay(target, payment);
		assertThat(response.status()).isEqualTo(500);
		assertThat(script.settlements()).isZero();
		assertThat(shop.isReleased(payment)).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void whenALocationLeadsAboveTheRootThenItIsSoldOrFree(Container container) throws Exception {
		Purchase purchase = SHOPS.get(container).buy("/redirect-to?location=../../../x", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status() == 302).isEqualTo(purchase.script().settlements() == 1);
	}

	@ParameterizedTest
	@EnumSource
	void whenARedirectKeepsALargeBodyThenItIsSoldWithIt(Container container) throws Exception {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy("/redirect-with-body", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(303);
		assertThat(purchase.response().header("Location")).endsWith("/elsewhere");
		assertThat(purchase.response().body()).hasSize(40_000);
		assertThat(purchase.script().settlements()).isOne();
		WireResponse again = shop.pay("/redirect-with-body", purchase.payment());
		assertThat(again.status()).isEqualTo(303);
		assertThat(again.header("Location")).endsWith("/elsewhere");
		assertThat(again.body()).hasSize(40_000);
	}

	@ParameterizedTest
	@EnumSource
	void whenTheStatusIsNoRedirectThenNothingIsCharged(Container container) throws Exception {
		Purchase purchase = SHOPS.get(container).buy("/redirect-status?status=200", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(500);
		assertThat(purchase.script().settlements()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenARedirectFollowsADeclaredLengthThenItIsSoldWithoutIt(Container container) throws Exception {
		Purchase purchase = SHOPS.get(container).buy("/redirect-after-length", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(302);
		assertThat(purchase.response().header("Content-Length")).isIn("", "0");
		assertThat(purchase.script().settlements()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /status?status=0", "TOMCAT, /status?status=99", "TOMCAT, /status?status=101",
			"TOMCAT, /status?status=600", "TOMCAT, /status?status=20000", "TOMCAT, /content-type",
			"TOMCAT, /failing-trailers", "TOMCAT, /header?name=:status&value=500", "TOMCAT, /header?name=X%20A&value=b",
			"TOMCAT, /header?name=X-A&value=a%00b", "JETTY, /header?name=:status&value=500",
			"JETTY, /header?name=X%20A&value=b", "JETTY, /header?name=X-A&value=a%00b", "JETTY, /status?status=0",
			"JETTY, /status?status=99", "JETTY, /status?status=101", "JETTY, /status?status=600",
			"JETTY, /status?status=20000", "JETTY, /content-type", "JETTY, /failing-trailers" })
	void whenNoContainerCanSendItAsItIsThenNothingIsChargedOrShown(Container container, String target)
			throws Exception {
		assertNothingIsChargedOrShown(container, target);
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /transfer-encoding?value=chunked", "TOMCAT, /transfer-encoding?value=gzip",
			"TOMCAT, /no-length", "TOMCAT, /no-trailers", "JETTY, /transfer-encoding?value=chunked",
			"JETTY, /transfer-encoding?value=gzip", "JETTY, /no-trailers" })
	void whenTheHandlerDisturbsTheTransferThenItsResponseArrivesWhole(Container container, String target)
			throws Exception {
		Shop shop = SHOPS.get(container);
		Purchase purchase = buyOne(shop, target);
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo(SECRET);
		assertThat(purchase.response().headers("Transfer-Encoding")).isIn(List.of(), List.of("chunked"));
		assertThat(purchase.script().settlements()).isOne();
		assertThat(shop.pay(target, purchase.payment()).bodyText()).isEqualTo(SECRET);
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, 8", "TOMCAT, 12", "JETTY, 8", "JETTY, 12" })
	void whenAResponseToHeadHasAnotherLengthThanItDeclaresThenNothingIsCharged(Container container, int written)
			throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.buyer().sign(shop.offer("/redirect"));
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.send("HEAD", "/length?declared=10&written=" + written, payment.headerLine());
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.header("PAYMENT-RESPONSE")).isEmpty();
		assertThat(script.settlements()).isZero();
		assertThat(shop.isReleased(payment)).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void whenTheHandlerSetsTrailersThenTheyArrive(Container container) throws Exception {
		Purchase purchase = SHOPS.get(container).buy("/trailers", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo(SECRET);
		assertThat(purchase.response().toString().toLowerCase(Locale.ROOT)).contains("x-checksum: 1");
	}

	/**
	 * Jetty leaves a connection open after headers that did not fit its first buffer.
	 */
	private static void assertNothingIsChargedOrShown(Container container, String target) throws Exception {
		Shop shop = SHOPS.get(container);
		Purchase purchase = buyOne(shop, target);
		assertThat(purchase.response().status()).isEqualTo(500);
		assertThat(purchase.script().settlements()).isZero();
		assertThat(purchase.response().shows(SECRET)).isFalse();
		assertThat(shop.isReleased(purchase.payment())).isTrue();
	}

	private static Purchase buyOne(Shop shop, String target) throws IOException {
		try (WireExchange free = new WireExchange(shop.port())) {
			Payment payment = shop.buyer().sign(shop.offer("/redirect"));
			Script script = shop.script(payment, SettleBehaviour.SETTLED);
			return new Purchase(payment, script, free.send("GET", target, payment.headerLine()).receiveOne());
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(PaidController.class)
	static class GoodsConfiguration {

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		@GetMapping("/headers")
		ResponseEntity<String> headers(@RequestParam int size) {
			return ResponseEntity.ok().header("X-Goods", "x".repeat(size)).body(SECRET);
		}

		@GetMapping("/many-headers")
		void manyHeaders(HttpServletResponse response) throws IOException {
			for (int i = 0; i < 1000; i++) {
				response.addHeader("X-Goods", "x".repeat(30));
			}
			response.getWriter().write(SECRET);
		}

		@GetMapping("/cookies")
		void cookies(HttpServletResponse response) throws IOException {
			for (int i = 0; i < 10; i++) {
				response.addCookie(new jakarta.servlet.http.Cookie("goods" + i, "x".repeat(3500)));
			}
			response.getWriter().write(SECRET);
		}

		@GetMapping("/streamed-headers")
		ResponseEntity<StreamingResponseBody> streamedHeaders() {
			return ResponseEntity.ok().header("X-Goods", "x".repeat(33_000)).body((output) -> {
				output.write(SECRET.getBytes(StandardCharsets.UTF_8));
				output.flush();
				output.write(SECRET.getBytes(StandardCharsets.UTF_8));
			});
		}

		@GetMapping("/flushed-headers")
		void flushedHeaders(HttpServletResponse response) throws IOException {
			response.setHeader("X-Goods", "x".repeat(33_000));
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
			response.flushBuffer();
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
		}

		@GetMapping("/status")
		void status(@RequestParam int status, HttpServletResponse response) throws IOException {
			response.setStatus(status);
			response.getWriter().write(SECRET);
		}

		@GetMapping("/header")
		void header(@RequestParam String name, @RequestParam String value, HttpServletResponse response)
				throws IOException {
			response.setHeader(name, value);
			response.getWriter().write(SECRET);
		}

		@GetMapping("/length")
		void length(@RequestParam int declared, @RequestParam int written, HttpServletResponse response)
				throws IOException {
			response.setContentLength(declared);
			response.getOutputStream().write(new byte[written]);
		}

		@GetMapping("/content-type")
		void contentType(HttpServletResponse response) throws IOException {
			response.setContentType("text/plain\r\nX-Goods: free");
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
		}

		@GetMapping("/failing-trailers")
		void failingTrailers(HttpServletResponse response) throws IOException {
			response.setTrailerFields(() -> {
				throw new IllegalStateException("There is no checksum");
			});
			response.getWriter().write(SECRET);
		}

		@GetMapping("/trailers")
		void trailers(HttpServletResponse response) throws IOException {
			response.setTrailerFields(() -> Map.of("X-Checksum", "1"));
			response.getWriter().write(SECRET);
		}

		@GetMapping("/no-trailers")
		void noTrailers(HttpServletResponse response) throws IOException {
			response.setTrailerFields(null);
			response.getWriter().write(SECRET);
		}

		@GetMapping("/transfer-encoding")
		void transferEncoding(@RequestParam String value, HttpServletResponse response) throws IOException {
			response.setHeader("Transfer-Encoding", value);
			response.getWriter().write(SECRET);
		}

		@GetMapping("/no-length")
		void noLength(HttpServletResponse response) throws IOException {
			response.setContentLength(5);
			response.setHeader("Content-Length", null);
			response.getWriter().write(SECRET);
		}

		@GetMapping("/redirect")
		void redirect(HttpServletResponse response) throws IOException {
			response.sendRedirect("/elsewhere?a=b c&d=%20");
		}

		@GetMapping("/redirect-to")
		void redirectTo(HttpServletRequest request, HttpServletResponse response) throws IOException {
			response.sendRedirect(request.getParameter("location"));
		}

		@GetMapping("/redirect-status")
		void redirectStatus(@RequestParam int status, HttpServletResponse response) throws IOException {
			response.sendRedirect("/elsewhere", status);
		}

		@GetMapping("/redirect-after-length")
		void redirectAfterLength(HttpServletResponse response) throws IOException {
			response.setContentLength(1000);
			response.sendRedirect("/elsewhere");
		}

		@GetMapping("/redirect-with-body")
		void redirectWithBody(HttpServletResponse response) throws IOException {
			response.getOutputStream().write(new byte[40_000]);
			response.sendRedirect("/elsewhere", 303, false);
		}

	}

}
