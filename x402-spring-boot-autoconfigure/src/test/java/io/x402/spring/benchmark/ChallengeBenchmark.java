/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.x402.spring.pricing.PaymentChallenge;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * The answer to a request without payment whose offer does not depend on the request.
 */
@State(Scope.Thread)
public class ChallengeBenchmark extends AverageTimeBenchmark {

	private final TomcatExchange exchange = BenchmarkShop.unpaid();

	private final HandlerMethod handler = BenchmarkShop.handler("priced");

	private final BenchmarkShop shop = new BenchmarkShop();

	private final HandlerInterceptor interceptor = this.shop.interceptor(this.shop.entryPoint());

	private PaymentChallenge challenge;

	private PaymentChallenge other;

	private boolean turn;

	@Setup
	public void catchChallenges() throws Exception {
		this.challenge = challenge(this.exchange);
		this.other = challenge(new TomcatExchange("/weather/hamburg", Map.of()));
	}

	private PaymentChallenge challenge(TomcatExchange exchange) throws Exception {
		AtomicReference<PaymentChallenge> caught = new AtomicReference<>();
		this.shop.interceptor((request, response, challenge) -> caught.set(challenge))
			.preHandle(exchange.request(), exchange.response(), this.handler);
		return caught.get();
	}

	/** The {@code PAYMENT-REQUIRED} header and the body. */
	@Benchmark
	public void build(Blackhole blackhole) {
		blackhole.consume(this.challenge.header());
		blackhole.consume(this.challenge.body());
	}

	/** The same for a handler whose URL is another one each time. */
	@Benchmark
	public void buildForAnotherUrl(Blackhole blackhole) {
		this.turn = !this.turn;
		PaymentChallenge next = this.turn ? this.challenge : this.other;
		blackhole.consume(next.header());
		blackhole.consume(next.body());
	}

	/**
	 * All the interceptor does: find the price, build, write status, headers and body to
	 * Tomcat's response.
	 */
	@Benchmark
	public boolean answer() throws Exception {
		this.exchange.reset();
		return BenchmarkShop.preHandle(this.interceptor, this.exchange.request(), this.exchange.response(),
				this.handler);
	}

	/** A plain controller's part of {@link #answer()}: the same bytes, built before. */
	@Benchmark
	public void plain(Plain plain) throws IOException {
		this.exchange.reset();
		plain.write(this.exchange.response());
	}

}
