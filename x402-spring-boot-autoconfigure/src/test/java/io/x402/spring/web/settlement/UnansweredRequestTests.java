/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.settlement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.web.settlement.FacilitatorStub.Script;
import io.x402.spring.web.settlement.Shop.Purchase;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests whose handler does not answer itself, answers after it has failed, or is
 * answered by something that the response cannot store.
 */
class UnansweredRequestTests {

	private static final String SECRET = "s3cret-goods";

	@RegisterExtension
	static final Shops SHOPS = Shops.of(GoodsConfiguration.class, "x402.redelivery.body-limit=1KB");

	@TempDir
	static Path directory;

	@BeforeAll
	static void write() throws IOException {
		Files.writeString(directory.resolve("goods.txt"), SECRET.repeat(10_000));
	}

	@BeforeEach
	void reset() {
		SHOPS.forEach((shop) -> shop.bean(AtomicInteger.class).set(0));
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /stopped, 200", "TOMCAT, /login-first, 302", "JETTY, /stopped, 200",
			"JETTY, /login-first, 302" })
	void whenAnotherInterceptorStopsTheHandlerThenNothingIsCharged(Container container, String target, int status)
			throws Exception {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy(target, SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(status);
		assertThat(purchase.response().header("Location")).endsWith((status == 302) ? "/login" : "");
		assertThat(purchase.response().headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(purchase.script().settlements()).isZero();
		assertThat(shop.bean(AtomicInteger.class)).hasValue(0);
		assertThat(shop.claim(purchase.payment())).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /dispatches-to-stopped, 200", "TOMCAT, /dispatches-to-login, 302",
			"JETTY, /dispatches-to-stopped, 200", "JETTY, /dispatches-to-login, 302" })
	void whenAHandlerIsStoppedThatAnAsynchronousDispatchReachedThenNothingIsCharged(Container container, String target,
			int status) throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/stopped");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.pay(target, payment);
		assertThat(response.status()).isEqualTo(status);
		assertThat(response.headers("PAYMENT-RESPONSE")).isEmpty();
		assertThat(script.settlements()).isZero();
		assertThat(shop.bean(AtomicInteger.class)).hasValue(0);
		assertThat(shop.claim(payment)).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void whenAnAsynchronousDispatchReachesAPaidHandlerThenItIsSold(Container container) throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.payment("/stopped");
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.pay("/dispatches-to-callable", payment);
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.bodyText()).isEqualTo(SECRET);
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenTheHandlerHasSentAnErrorThenItAddsNoGoodsToIt(Container container) throws Exception {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy("/error-then-goods", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(503);
		assertThat(purchase.response().shows(SECRET)).isFalse();
		assertThat(purchase.script().settlements()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, /unstored", "TOMCAT, /file", "JETTY, /unstored" })
	void whenACompleteResponseIsNotStoredThenAnUnsafeHandlerIsNotRunAgain(Container container, String target)
			throws Exception {
		Shop shop = SHOPS.get(container);
		Payment payment = shop.buyer().sign(shop.offer("/stopped"));
		Script script = shop.script(payment, SettleBehaviour.SETTLED);
		WireResponse response = shop.send("POST", target, payment.headerLine());
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.bodyText()).startsWith(SECRET).endsWith(SECRET);
		assertThat(response.header("PAYMENT-RESPONSE")).isNotEmpty();
		assertThat(shop.send("POST", target, payment.headerLine()).status()).isEqualTo(409);
		assertThat(shop.bean(AtomicInteger.class)).hasValue(1);
		assertThat(script.settlements()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenAnAsynchronousResponseCannotBeStoredThenTheRequestFailsAndEnds(Container container) throws Exception {
		Shop shop = SHOPS.get(container);
		Purchase purchase = shop.buy("/async", SettleBehaviour.SETTLED);
		assertThat(purchase.response().status()).isEqualTo(500);
		assertThat(purchase.response().shows(SECRET)).isFalse();
		assertThat(purchase.script().settlements()).isZero();
		assertThat(shop.isReleased(purchase.payment())).isTrue();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Goods.class, Dispatcher.class })
	static class GoodsConfiguration implements WebMvcConfigurer {

		@Bean
		AtomicInteger runs() {
			return new AtomicInteger();
		}

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(new HandlerInterceptor() {

				@Override
				public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
					return request.getHeader("PAYMENT-SIGNATURE") == null;
				}

			}).addPathPatterns("/stopped");
			registry.addInterceptor(new HandlerInterceptor() {

				@Override
				public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
						throws IOException {
					response.sendRedirect("/login");
					return false;
				}

			}).addPathPatterns("/login-first");
		}

	}

	@RestController
	@PaymentRequired(price = "$0.01")
	static class Goods {

		private final AtomicInteger runs;

		Goods(AtomicInteger runs) {
			this.runs = runs;
		}

		@GetMapping({ "/stopped", "/login-first" })
		String goods() {
			this.runs.incrementAndGet();
			return SECRET;
		}

		@GetMapping("/callable")
		Callable<String> callable() {
			return this::goods;
		}

		@GetMapping("/error-then-goods")
		void errorThenGoods(HttpServletResponse response) throws IOException {
			response.sendError(503);
			response.setHeader("X-Goods", SECRET);
			response.addHeader("Link", SECRET);
			response.addCookie(new Cookie("goods", SECRET));
			response.setStatus(200);
			response.getWriter().write(SECRET);
		}

		@PostMapping("/unstored")
		byte[] unstored() {
			this.runs.incrementAndGet();
			return SECRET.repeat(500).getBytes(StandardCharsets.UTF_8);
		}

		@PostMapping("/file")
		void file(HttpServletRequest request, HttpServletResponse response) throws IOException {
			this.runs.incrementAndGet();
			Path file = directory.resolve("goods.txt");
			request.setAttribute("org.apache.tomcat.sendfile.filename", file.toString());
			request.setAttribute("org.apache.tomcat.sendfile.start", 0L);
			request.setAttribute("org.apache.tomcat.sendfile.end", Files.size(file));
			response.setContentLengthLong(Files.size(file));
		}

		@GetMapping("/async")
		void async(HttpServletRequest request, HttpServletResponse response) {
			AsyncContext context = request.startAsync();
			context.setTimeout(0);
			new Thread(() -> {
				try {
					response.setHeader("Link", "x".repeat(70_000));
					response.getWriter().write(SECRET);
				}
				catch (IOException ex) {
					// The buyer is gone
				}
				context.complete();
			}).start();
		}

	}

	@RestController
	static class Dispatcher {

		@GetMapping("/dispatches-to-{target}")
		void dispatch(@PathVariable String target, HttpServletRequest request) {
			request.startAsync().dispatch(target.equals("login") ? "/login-first" : "/" + target);
		}

	}

}
