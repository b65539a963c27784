/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Shop.Purchase;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.util.ContentCachingResponseWrapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Filters of an application on Spring MVC that respond in place of a paid handler that
 * has failed. What they write was not paid for.
 */
class FilterFallbackTests {

	private static final String SECRET = "s3cret-goods";

	private static final String SORRY = "come back later";

	private static final int LIMIT = 1024;

	@RegisterExtension
	static final Shops SHOPS = Shops.of(GoodsConfiguration.class, "x402.settlement.hold-limit=" + LIMIT + "B",
			"x402.routes[0].path=/functional", "x402.routes[0].price=$0.01");

	@BeforeEach
	void reset() {
		SHOPS.forEach((shop) -> shop.bean(AtomicInteger.class).set(0));
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /thrown, text", "TOMCAT, /written, text", "TOMCAT, /declared, text", "TOMCAT, /closed, text",
			"TOMCAT, /redirected, text", "TOMCAT, /assertion, text", "TOMCAT, /callable, text",
			"TOMCAT, /functional, text", "TOMCAT, /unhandled, text", "TOMCAT, /view, text", "TOMCAT, /written, reset",
			"TOMCAT, /written, free", "JETTY, /thrown, text", "JETTY, /written, text", "JETTY, /declared, text",
			"JETTY, /closed, text", "JETTY, /redirected, text", "JETTY, /assertion, text", "JETTY, /callable, text",
			"JETTY, /functional, text", "JETTY, /unhandled, text", "JETTY, /view, text", "JETTY, /written, reset",
			"JETTY, /written, free" })
	void whenAFilterRespondsInPlaceOfAHandlerThenThatIsNotCharged(Container container, String path, String then)
			throws IOException {
		Purchase purchase = buy(container, path, then);
		WireResponse response = purchase.response();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.bodyText()).isEqualTo(SORRY);
		assertThat(response.shows(SECRET)).as(response.toString()).isFalse();
		assertThat(response.header("X-Sorry")).isEqualTo("yes");
		assertUncharged(container, purchase);
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /written, nothing, 500", "TOMCAT, /written, unavailable, 503",
			"TOMCAT, /written, redirect, 302", "TOMCAT, /written, throws, 500", "TOMCAT, /written, large, 500",
			"TOMCAT, /view, nothing, 500", "TOMCAT, /view, copies, 500", "TOMCAT, /large-view, copies, 500",
			"JETTY, /written, nothing, 500", "JETTY, /written, unavailable, 503", "JETTY, /written, redirect, 302",
			"JETTY, /written, throws, 500", "JETTY, /written, large, 500", "JETTY, /view, nothing, 500",
			"JETTY, /view, copies, 500", "JETTY, /large-view, copies, 500" })
	void whenAFilterDoesOtherwiseThenNothingIsChargedOrShown(Container container, String path, String then, int status)
			throws IOException {
		Purchase purchase = buy(container, path, then);
		assertThat(purchase.response().status()).isEqualTo(status);
		assertThat(purchase.response().shows(SECRET)).as(purchase.response().toString()).isFalse();
		assertThat(purchase.response().headers("Location")).hasSize((status == 302) ? 1 : 0);
		assertUncharged(container, purchase);
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, again", "TOMCAT, goods", "JETTY, again", "JETTY, goods" })
	void whenAFilterCallsAPaidHandlerInsteadThenThatIsPaid(Container container, String then) throws IOException {
		Purchase purchase = buy(container, "/once", then);
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().bodyText()).isEqualTo(SECRET);
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).hasSize(1);
		assertThat(purchase.script().verifications()).isOne();
		assertThat(purchase.script().settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenNoFilterRespondsThenTheErrorPageOfTheApplicationDoes(Container container) throws IOException {
		Purchase purchase = buy(container, "/written", "throws");
		assertThat(purchase.response().json().path("error").asString()).isEqualTo("Internal Server Error");
		assertThat(purchase.response().headers("X-Goods")).isEmpty();
		assertUncharged(container, purchase);
	}

	@ParameterizedTest
	@EnumSource
	void whenAnotherPaidHandlerFailsInsteadThenNothingIsCharged(Container container) throws IOException {
		Purchase purchase = buy(container, "/written", "broken");
		assertThat(purchase.response().bodyText()).isEqualTo(SORRY);
		assertUncharged(container, purchase);
	}

	@ParameterizedTest
	@EnumSource
	void whenAnErrorHandlerRespondsThenThatIsSold(Container container) throws IOException {
		Purchase purchase = buy(container, "/handled", "text");
		assertThat(purchase.response().bodyText()).isEqualTo("handled");
		assertThat(purchase.script().settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenWhatWasSettledUpfrontFailsThenItIsCollectedLater(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/upfront");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.get("/upfront", payment.headerLine(), "X-Then: text");
		assertThat(response.bodyText()).isEqualTo(SORRY);
		assertThat(response.headers("PAYMENT-RESPONSE")).hasSize(1);
		await().until(() -> !shop.claim(payment).active());
		assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.SETTLED);
		assertThat(shop.get("/upfront", payment.headerLine(), "X-Then: text").bodyText()).isEqualTo(SECRET);
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenAResponseFailsThatHasBegunThenItIsCutOffAndCollectedLater(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/begun");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		Purchase purchase;
		try (WireExchange exchange = new WireExchange(shop.port())) {
			purchase = new Purchase(payment, script,
					exchange.keepAlive().send("GET", "/begun", payment.headerLine(), "X-Then: text").receive());
		}
		assertThat(purchase.response().status()).isEqualTo(200);
		assertThat(purchase.response().shows(SORRY)).as(purchase.response().toString()).isFalse();
		assertThatThrownBy(() -> purchase.response().body()).hasMessageContaining("cut short");
		await().until(() -> !shop.claim(payment).active());
		WireResponse again = shop.get("/begun", payment.headerLine(), "X-Then: text");
		assertThat(again.bodyText()).isEqualTo(SECRET.repeat(LIMIT));
		assertThat(script.settlements()).isOne();
	}

	private static Purchase buy(Container container, String path, String then) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment(path);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		return new Purchase(payment, script, shop.get(path, payment.headerLine(), "X-Then: " + then));
	}

	private static void assertUncharged(Container container, Purchase purchase) {
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(SHOPS.get(container).isReleased(purchase.payment())).isTrue();
		assertThat(purchase.script().settlements()).isZero();
	}

	/**
	 * Does what the buyer says when the handler fails, so that there is one for all
	 * tests.
	 */
	static final class FallbackFilter extends OncePerRequestFilter {

		@Override
		protected boolean shouldNotFilterAsyncDispatch() {
			return false;
		}

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			String then = String.valueOf(request.getHeader("X-Then"));
			if (then.equals("copies")) {
				ContentCachingResponseWrapper copy = new ContentCachingResponseWrapper(response);
				try {
					chain.doFilter(request, copy);
				}
				finally {
					copy.copyBodyToResponse();
				}
				return;
			}
			try {
				chain.doFilter(request, response);
			}
			catch (IOException | ServletException | RuntimeException ex) {
				respond(then, request, response, chain);
			}
		}

		private static void respond(String then, HttpServletRequest request, HttpServletResponse response,
				FilterChain chain) throws ServletException, IOException {
			switch (then) {
				case "nothing" -> {
				}
				case "unavailable" -> response.sendError(503);
				case "redirect" -> response.sendRedirect("/sorry");
				case "throws" -> throw new IllegalStateException("no sorry");
				case "again" -> chain.doFilter(request, response);
				case "goods", "free", "broken" -> forward(then, request, response);
				case "reset" -> {
					response.reset();
					write(response, "");
				}
				case "large" -> write(response, "x".repeat(LIMIT));
				default -> write(response, "");
			}
		}

		private static void forward(String to, HttpServletRequest request, HttpServletResponse response)
				throws ServletException, IOException {
			try {
				request.getRequestDispatcher("/" + to).forward(request, response);
			}
			catch (ServletException ex) {
				write(response, "");
			}
		}

		private static void write(HttpServletResponse response, String more) throws IOException {
			response.setHeader("X-Sorry", "yes");
			response.getOutputStream().write((SORRY + more).getBytes(StandardCharsets.UTF_8));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ PaidController.class, FreeController.class })
	static class GoodsConfiguration {

		@Bean
		AtomicInteger runs() {
			return new AtomicInteger();
		}

		@Bean
		FilterRegistrationBean<FallbackFilter> fallback() {
			FilterRegistrationBean<FallbackFilter> registration = new FilterRegistrationBean<>(new FallbackFilter());
			registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC));
			registration.setOrder(Ordered.LOWEST_PRECEDENCE);
			return registration;
		}

		@Bean
		RouterFunction<ServerResponse> functional() {
			return RouterFunctions.route().GET("/functional", (request) -> {
				throw new IllegalStateException("no goods");
			}).build();
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class PaidController {

		private final AtomicInteger runs;

		PaidController(AtomicInteger runs) {
			this.runs = runs;
		}

		@GetMapping("/goods")
		String goods() {
			return SECRET;
		}

		@GetMapping("/thrown")
		String thrown() {
			throw new IllegalStateException("no goods");
		}

		@GetMapping({ "/written", "/broken" })
		void written(HttpServletResponse response) throws IOException {
			response.setHeader("X-Goods", SECRET);
			response.setHeader("Location", "/" + SECRET);
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
			throw new IllegalStateException("no goods");
		}

		/**
		 * Nothing takes back what a view has written.
		 */
		@GetMapping("/view")
		View view() {
			return failing(SECRET);
		}

		@GetMapping("/large-view")
		View largeView() {
			return failing(SECRET.repeat(LIMIT));
		}

		private static View failing(String text) {
			return (model, request, response) -> {
				response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
				throw new IllegalStateException("no more goods");
			};
		}

		@GetMapping("/declared")
		void declared(HttpServletResponse response) {
			response.setContentLengthLong(500);
			throw new IllegalStateException("no goods");
		}

		@GetMapping("/closed")
		void closed(HttpServletResponse response) throws IOException {
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
			response.getOutputStream().close();
			throw new IllegalStateException("no goods");
		}

		@GetMapping("/redirected")
		void redirected(HttpServletResponse response) throws IOException {
			response.sendRedirect("/" + SECRET);
			response.setStatus(HttpServletResponse.SC_OK);
			throw new IllegalStateException("no goods");
		}

		@GetMapping("/assertion")
		String assertion() {
			throw new AssertionError("no goods");
		}

		@GetMapping("/callable")
		Callable<String> callable() {
			return () -> {
				throw new IllegalStateException("no goods");
			};
		}

		@GetMapping("/once")
		String once() {
			if (this.runs.incrementAndGet() == 1) {
				throw new IllegalStateException("no goods yet");
			}
			return SECRET;
		}

		@GetMapping("/upfront")
		@PaymentRequired(price = "$0.01", flow = PaymentFlow.UPFRONT)
		String upfront() {
			return once();
		}

		@GetMapping("/begun")
		void begun(HttpServletResponse response) throws IOException {
			response.getOutputStream().write(SECRET.repeat(LIMIT).getBytes(StandardCharsets.UTF_8));
			response.flushBuffer();
			if (this.runs.incrementAndGet() == 1) {
				throw new IllegalStateException("no more goods");
			}
		}

		@GetMapping("/handled")
		String handled() {
			throw new UnsupportedOperationException("handled");
		}

		@ExceptionHandler
		String handle(UnsupportedOperationException ex) {
			return "handled";
		}

		@GetMapping("/unhandled")
		String unhandled() {
			throw new ArithmeticException("unhandled");
		}

		@ExceptionHandler
		String fail(ArithmeticException ex, HttpServletResponse response) throws IOException {
			response.getOutputStream().write(SECRET.getBytes(StandardCharsets.UTF_8));
			throw new IllegalStateException("no answer");
		}

	}

	@RestController
	static class FreeController {

		@GetMapping(path = "/free", produces = MediaType.TEXT_PLAIN_VALUE)
		String free(HttpServletResponse response) {
			response.setHeader("X-Sorry", "yes");
			return SORRY;
		}

	}

}
