/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import jakarta.servlet.FilterChain;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.handler.MappedInterceptor;

/**
 * What a handler without a price pays for the starter being there: two filters and the
 * interceptor.
 */
@State(Scope.Thread)
public class UnpricedHandlerBenchmark extends AverageTimeBenchmark {

	private final TomcatExchange exchange = BenchmarkShop.unpaid();

	private final HandlerMethod handler = BenchmarkShop.handler("unpriced");

	private final BenchmarkShop shop = new BenchmarkShop().started();

	private final HandlerInterceptor interceptor = this.shop.interceptor(this.shop.entryPoint());

	private final MappedInterceptor mapped = new MappedInterceptor(null, this.interceptor);

	@Benchmark
	public void without(Blackhole blackhole) throws Exception {
		FilterChain servlet = (request, response) -> blackhole.consume(request);
		servlet.doFilter(this.exchange.request(), this.exchange.response());
	}

	@Benchmark
	public void with(Blackhole blackhole) throws Exception {
		FilterChain servlet = (request, response) -> blackhole.consume(admits());
		FilterChain payment = (request, response) -> this.shop.filter().doFilter(request, response, servlet);
		this.shop.corsFilter().doFilter(this.exchange.request(), this.exchange.response(), payment);
	}

	private boolean admits() {
		try {
			return this.mapped.matches(this.exchange.request()) && BenchmarkShop.preHandle(this.interceptor,
					this.exchange.request(), this.exchange.response(), this.handler);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
