/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.quota;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicInteger;

import io.x402.spring.PaymentRequired;
import io.x402.spring.fixture.FacilitatorDouble;
import io.x402.spring.pricing.HandlerPricing;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application in which every price is paid prepares no request for being let in
 * without a payment, until a handler with free calls is registered while it runs.
 */
@DirtiesContext
abstract class AbstractLateHandlerTests {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Autowired
	private HandlerPricing pricing;

	/**
	 * Register a handler.
	 */
	abstract void register(String path, Object handler, Method method);

	@Test
	void whenAHandlerWithFreeCallsComesLateThenItsFirstRequestIsNotAskedToPayAndFurtherOnesAreFree() throws Exception {
		assertThat(this.pricing.mayLetIn()).as("prepared").isFalse();
		assertThat(get("/free").body()).isEqualTo("free");
		assertThat(get("/priced").statusCode()).isEqualTo(402);
		LateHandler late = new LateHandler();
		register("/late", late, LateHandler.class.getMethod("late"));
		assertThat(get("/late").statusCode()).isEqualTo(503);
		assertThat(late.runs).as("runs").hasValue(0);
		assertThat(this.pricing.mayLetIn()).as("prepared").isTrue();
		for (int left = 2; left >= 0; left--) {
			HttpResponse<String> free = get("/late", "If-None-Match", "\"v1\"");
			assertThat(free.statusCode()).isEqualTo(200);
			assertThat(free.headers().firstValue("RateLimit").orElseThrow()).startsWith("\"free\";r=" + left + ";t=");
		}
		assertThat(get("/late").statusCode()).isEqualTo(402);
		assertThat(late.runs).as("runs").hasValue(3);
		assertThat(get("/free").body()).isEqualTo("free");
		assertThat(get("/priced").statusCode()).isEqualTo(402);
	}

	private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path));
		return CLIENT.send(((headers.length > 0) ? request.headers(headers) : request).build(),
				BodyHandlers.ofString());
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Controllers.class)
	static class Goods {

		@Bean
		FacilitatorDouble facilitator() {
			return new FacilitatorDouble();
		}

	}

	@RestController
	static class Controllers {

		@GetMapping("/free")
		String free() {
			return "free";
		}

		@GetMapping("/priced")
		@PaymentRequired(price = "$0.01")
		String priced() {
			return "goods";
		}

	}

	/**
	 * Is no bean.
	 */
	@RestController
	public static class LateHandler {

		private final AtomicInteger runs = new AtomicInteger();

		@PaymentRequired(price = "$0.01", freeQuota = "3 per 1d")
		public String late() {
			this.runs.incrementAndGet();
			return "goods";
		}

	}

}
