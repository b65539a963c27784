/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * A paid request from the filter to the released bytes: all of our own work for it except
 * the calls to a facilitator. The compiler takes long to see through so much code.
 */
@State(Scope.Thread)
@Warmup(iterations = 10, time = 2)
public class PaidRequestBenchmark extends AverageTimeBenchmark {

	private static final byte[] GOODS = "{\"city\":\"Hamburg\",\"celsius\":7}".getBytes(StandardCharsets.UTF_8);

	@Param({ "false", "true" })
	public boolean signature;

	private final HandlerMethod handler = BenchmarkShop.handler("priced");

	private final BenchmarkShop shop = new BenchmarkShop();

	private final TomcatExchange exchange = this.shop.paid();

	private HandlerInterceptor interceptor;

	@Setup
	public void start() throws Exception {
		this.interceptor = this.shop.interceptor(this.shop.entryPoint(), BenchmarkShop.checks(this.signature));
		if (pay() != HttpServletResponse.SC_OK || this.exchange.response().getHeader("PAYMENT-RESPONSE") == null) {
			throw new IllegalStateException("The payment is refused");
		}
	}

	@Benchmark
	public int pay() throws Exception {
		this.exchange.reset();
		FilterChain servlet = (request, response) -> serve((HttpServletRequest) request,
				(HttpServletResponse) response);
		this.shop.filter().doFilter(this.exchange.request(), this.exchange.response(), servlet);
		return this.exchange.response().getStatus();
	}

	private void serve(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
		if (BenchmarkShop.preHandle(this.interceptor, request, response, this.handler)) {
			response.setContentType("application/json");
			response.setContentLength(GOODS.length);
			response.getOutputStream().write(GOODS);
		}
	}

}
