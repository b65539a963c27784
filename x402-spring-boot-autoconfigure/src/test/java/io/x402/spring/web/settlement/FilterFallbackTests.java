/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentFlow;
import io.x402.spring.PaymentRequired;
import io.x402.spring.store.ClaimState;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Shop.Purchase;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
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
			"x402.routes[0].path=/functional", "x402.routes[0].price=$0.01", "x402.routes[1].path=/trial/any",
			"x402.routes[1].price=$0.01", "x402.routes[1].free-quota=1 per 1d", "x402.routes[2].path=/trial/own",
			"x402.routes[2].price=$0.01", "x402.routes[2].free-quota=1 per 1d", "x402.routes[3].path=/trial/around",
			"x402.routes[3].price=$0.01", "x402.routes[3].free-quota=1 per 1d", "x402.routes[4].path=/part/broken",
			"x402.routes[4].price=$0.01", "x402.routes[4].free-quota=1 per 1d", "x402.routes[5].path=/part/broken-last",
			"x402.routes[5].price=$0.01", "x402.routes[5].free-quota=1 per 1d", "x402.routes[6].path=/part/whole",
			"x402.routes[6].price=$0.01", "x402.routes[6].free-quota=1 per 1d", "x402.routes[7].path=/part/empty",
			"x402.routes[7].price=$0.01", "x402.routes[7].free-quota=1 per 1d");

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

	/**
	 * A filter that keeps the body may stand around the one that responds, or within it.
	 */
	@ParameterizedTest
	@CsvSource({ "TOMCAT, etag, text, 200", "TOMCAT, etag, status, 503", "TOMCAT, etag, nothing, 500",
			"TOMCAT, hides, copies, 500", "JETTY, etag, text, 200", "JETTY, etag, status, 503",
			"JETTY, etag, nothing, 500", "JETTY, hides, copies, 500" })
	void whenAFilterKeepsWhatAHandlerWroteThenItIsForgotten(Container container, String keep, String then, int status)
			throws IOException {
		Purchase purchase = buy(container, "/view", then, "X-Keep: " + keep);
		assertThat(purchase.response().status()).isEqualTo(status);
		assertThat(purchase.response().shows(SECRET)).as(purchase.response().toString()).isFalse();
		assertThat(purchase.response().shows(SORRY)).isEqualTo(!then.equals("nothing") && !then.equals("copies"));
		assertUncharged(container, purchase);
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /view, text, 500", "TOMCAT, /view, status, 503", "TOMCAT, /large-view, status, 503",
			"TOMCAT, /view, redirect, 500", "JETTY, /view, text, 500", "JETTY, /view, status, 503",
			"JETTY, /large-view, status, 503", "JETTY, /view, redirect, 500" })
	void whenItIsUnknownWhatAFilterKeepsThenNothingButAnErrorLeaves(Container container, String path, String then,
			int status) throws IOException {
		Purchase purchase = buy(container, path, then, "X-Keep: own");
		assertThat(purchase.response().status()).isEqualTo(status);
		assertThat(purchase.response().shows(SECRET)).as(purchase.response().toString()).isFalse();
		assertThat(purchase.response().shows(SORRY)).isFalse();
		assertThat(purchase.response().headers("Location")).isEmpty();
		assertUncharged(container, purchase);
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, text, 200", "TOMCAT, status, 503", "JETTY, text, 200", "JETTY, status, 503" })
	void whenAFilterFurtherOutForwardsToTheHandlerThenWhatIsInItsPlaceIsNotCharged(Container container, String then,
			int status) throws IOException {
		Purchase purchase = buy(container, "/written", then, "X-Forward: yes");
		assertThat(purchase.response().status()).isEqualTo(status);
		assertThat(purchase.response().bodyText()).isEqualTo(SORRY);
		assertThat(purchase.response().headers("X-Goods")).isEmpty();
		assertUncharged(container, purchase);
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, forward, etag, 200, after", "TOMCAT, forward, own, 500, ''",
			"TOMCAT, forward, hide, 200, hidden", "TOMCAT, include, etag, 500, ''", "TOMCAT, include, own, 500, ''",
			"TOMCAT, include, hide, 200, before after", "JETTY, forward, etag, 200, after",
			"JETTY, forward, own, 500, ''", "JETTY, include, etag, 500, ''", "JETTY, include, own, 500, ''",
			"JETTY, include, hide, 200, before after", "TOMCAT, include, nest, 200, before after",
			"JETTY, include, nest, 200, before after" })
	void whenAPartOfAFreePageFailsThenNothingOfItIsCharged(Container container, String how, String keep, int status,
			String body) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/view");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		Purchase purchase = new Purchase(payment, script,
				shop.get("/page/" + how + "/view", payment.headerLine(), "X-Keep: " + keep));
		assertThat(purchase.response().status()).isEqualTo(status);
		assertThat(purchase.response().shows(SECRET)).as(purchase.response().toString()).isFalse();
		assertThat((status == 200) ? purchase.response().bodyText() : "").isEqualTo(body);
		assertUncharged(container, purchase);
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, forward", "TOMCAT, include", "JETTY, forward", "JETTY, include" })
	void whenAPartOfAFreePageFailsThatHasBegunThenThePageIsCutOff(Container container, String how) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/large-view");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response;
		try (WireExchange exchange = new WireExchange(shop.port())) {
			response = exchange.keepAlive().send("GET", "/page/" + how + "/large-view", payment.headerLine()).receive();
		}
		assertThat(script.settlements()).isOne();
		assertThatThrownBy(response::body).hasMessageContaining("cut short");
		await().until(() -> !shop.claim(payment).active());
		assertThat(shop.claim(payment).state()).isEqualTo(ClaimState.SETTLED);
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, text, none", "TOMCAT, text, etag", "TOMCAT, nothing, none", "JETTY, text, none",
			"JETTY, text, etag", "JETTY, nothing, none" })
	void whenAFreeCallFailsThenNothingOfItLeavesAndItIsNotCounted(Container container, String then, String keep)
			throws IOException {
		for (int i = 0; i < 3; i++) {
			// A call is given back once its request has ended, maybe after its response
			await().untilAsserted(() -> {
				WireResponse response = SHOPS.get(container).get("/trial/any", "X-Then: " + then, "X-Keep: " + keep);
				assertThat(response.status()).isEqualTo(200);
				assertThat(response.shows(SECRET)).as(response.toString()).isFalse();
				assertThat(response.shows(SORRY)).isEqualTo(then.equals("text"));
			});
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenAFilterMayKeepAFreeCallThatFailsThenItIsCounted(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		assertThat(shop.get("/trial/own", "X-Then: text", "X-Keep: own").shows(SECRET)).isTrue();
		assertThat(shop.get("/trial/own", "X-Then: text", "X-Keep: own").shows(SECRET)).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void whenAFilterAroundThePaymentFilterMayKeepAFreeCallThatFailsThenItIsCounted(Container container)
			throws IOException {
		Shop shop = SHOPS.get(container);
		assertThat(shop.get("/trial/around", "X-Then: nothing", "X-Keep: around").shows(SECRET)).isTrue();
		assertThat(shop.get("/trial/around", "X-Then: nothing", "X-Keep: around").shows(SECRET)).isFalse();
	}

	/**
	 * The page has its writer before a part of it is a free call, whose failure it hides.
	 */
	@ParameterizedTest
	@CsvSource({ "TOMCAT, broken, after", "TOMCAT, broken-last, ''", "JETTY, broken, after", "JETTY, broken-last, ''",
			"TOMCAT, whole/empty, ''", "JETTY, whole/empty, ''" })
	void whenAPageShowsWhatAFreeCallWroteThenItIsCounted(Container container, String parts, String after)
			throws IOException {
		Shop shop = SHOPS.get(container);
		String path = "/plain?after=" + after + "&part=" + parts.replace("/", "&part=");
		assertThat(shop.get(path).shows(SECRET)).isTrue();
		assertThat(shop.get(path).shows(SECRET)).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void whenAPartOfAPageFailsThatHasWrittenNothingThenItIsNotCounted(Container container) throws IOException {
		Shop shop = SHOPS.get(container);
		for (int i = 0; i < 3; i++) {
			assertThat(shop.get("/plain?after=after&part=empty").bodyText()).isEqualTo("before after");
		}
		assertThat(shop.bean(AtomicInteger.class)).hasValue(3);
	}

	private static Purchase buy(Container container, String path, String then, String... more) throws IOException {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment(path);
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		List<String> lines = new ArrayList<>(List.of(more));
		lines.add(payment.headerLine());
		lines.add("X-Then: " + then);
		return new Purchase(payment, script, shop.get(path, lines.toArray(String[]::new)));
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
				case "status" -> {
					response.setStatus(503);
					write(response, "");
				}
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

	/**
	 * Keeps the body of a response as the buyer says, outside of {@link FallbackFilter}.
	 */
	static final class KeepingFilter extends OncePerRequestFilter {

		private final ShallowEtagHeaderFilter etag = new ShallowEtagHeaderFilter();

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			switch (String.valueOf(request.getHeader("X-Keep"))) {
				case "etag" -> this.etag.doFilter(request, response, chain);
				case "own" -> {
					OwnResponse own = new OwnResponse(response);
					try {
						chain.doFilter(request, own);
					}
					finally {
						response.getOutputStream().write(own.content.toByteArray());
					}
				}
				case "hides" -> hide(request, response, chain, "");
				default -> chain.doFilter(request, response);
			}
		}

		static void hide(ServletRequest request, ServletResponse response, FilterChain chain, String text)
				throws IOException {
			try {
				chain.doFilter(request, response);
			}
			catch (ServletException ex) {
				response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
			}
		}

	}

	/**
	 * Hides what fails within a forward or an include.
	 */
	static final class HidingFilter implements Filter {

		@Override
		public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
				throws IOException, ServletException {
			String keep = ((HttpServletRequest) request).getHeader("X-Keep");
			if ("hide".equals(keep)) {
				KeepingFilter.hide(request, response, chain, "hidden");
			}
			else if ("nest".equals(keep) && request.getAttribute(keep) == null) {
				request.setAttribute(keep, keep);
				KeepingFilter.hide(request, response, chain, "");
				request.getRequestDispatcher("/free").include(request, response);
			}
			else {
				chain.doFilter(request, response);
			}
		}

	}

	/**
	 * Forwards to the same path, as filters do that rewrite paths, or keeps the body.
	 */
	static final class ForwardingFilter extends OncePerRequestFilter {

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			if ("around".equals(request.getHeader("X-Keep"))) {
				OwnResponse own = new OwnResponse(response);
				chain.doFilter(request, own);
				response.getOutputStream().write(own.content.toByteArray());
			}
			else if (request.getHeader("X-Forward") != null) {
				request.getRequestDispatcher(request.getRequestURI()).forward(request, response);
			}
			else {
				chain.doFilter(request, response);
			}
		}

	}

	/**
	 * Tells no one what it keeps.
	 */
	static final class OwnResponse extends HttpServletResponseWrapper {

		private final ByteArrayOutputStream content = new ByteArrayOutputStream();

		OwnResponse(HttpServletResponse response) {
			super(response);
		}

		@Override
		public ServletOutputStream getOutputStream() {
			return new ServletOutputStream() {

				@Override
				public void write(int b) {
					OwnResponse.this.content.write(b);
				}

				@Override
				public boolean isReady() {
					return true;
				}

				@Override
				public void setWriteListener(WriteListener listener) {
					throw new UnsupportedOperationException();
				}

			};
		}

	}

	/**
	 * A page that is not Spring's, which includes parts and hides when they fail.
	 */
	static final class PageServlet extends HttpServlet {

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			PrintWriter writer = response.getWriter();
			writer.print("before ");
			for (String name : request.getParameterValues("part")) {
				try {
					request.getRequestDispatcher("/part/" + name).include(request, response);
				}
				catch (ServletException ex) {
					// The page goes on without it
				}
			}
			if (!request.getParameter("after").isEmpty()) {
				writer.print(request.getParameter("after"));
			}
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
		ServletRegistrationBean<PageServlet> page() {
			return new ServletRegistrationBean<>(new PageServlet(), "/plain");
		}

		@Bean
		FilterRegistrationBean<FallbackFilter> fallback() {
			FilterRegistrationBean<FallbackFilter> registration = new FilterRegistrationBean<>(new FallbackFilter());
			registration
				.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.FORWARD));
			registration.setOrder(Ordered.LOWEST_PRECEDENCE);
			return registration;
		}

		@Bean
		FilterRegistrationBean<KeepingFilter> keeping() {
			FilterRegistrationBean<KeepingFilter> registration = new FilterRegistrationBean<>(new KeepingFilter());
			registration.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
			registration.setOrder(0);
			return registration;
		}

		@Bean
		FilterRegistrationBean<HidingFilter> hiding() {
			FilterRegistrationBean<HidingFilter> registration = new FilterRegistrationBean<>(new HidingFilter());
			registration.setDispatcherTypes(EnumSet.of(DispatcherType.FORWARD, DispatcherType.INCLUDE));
			return registration;
		}

		@Bean
		FilterRegistrationBean<ForwardingFilter> forwarding() {
			FilterRegistrationBean<ForwardingFilter> registration = new FilterRegistrationBean<>(
					new ForwardingFilter());
			registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
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

		private final AtomicInteger runs;

		FreeController(AtomicInteger runs) {
			this.runs = runs;
		}

		@GetMapping(path = "/free", produces = MediaType.TEXT_PLAIN_VALUE)
		String free(HttpServletResponse response) {
			response.setHeader("X-Sorry", "yes");
			return SORRY;
		}

		@GetMapping("/trial/{name}")
		View trial() {
			return PaidController.failing(SECRET);
		}

		@GetMapping("/part/{name}")
		View part(@PathVariable String name) {
			return (model, request, response) -> {
				this.runs.incrementAndGet();
				if (!name.equals("empty")) {
					response.getWriter().print(SECRET);
				}
				if (!name.equals("whole")) {
					throw new IllegalStateException("no more goods");
				}
			};
		}

		@GetMapping("/page/{how}/{part}")
		void page(@PathVariable String how, @PathVariable String part, HttpServletRequest request,
				HttpServletResponse response) throws IOException {
			response.getOutputStream().print("before ");
			try {
				RequestDispatcher dispatcher = request.getRequestDispatcher("/" + part);
				if (how.equals("forward")) {
					dispatcher.forward(request, response);
				}
				else {
					dispatcher.include(request, response);
					response.getOutputStream().print("after");
				}
			}
			catch (ServletException ex) {
				response.getOutputStream().print("after");
			}
		}

	}

}
