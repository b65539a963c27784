/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.benchmark;

import io.x402.spring.money.Networks;
import io.x402.spring.web.RefusalDocuments;
import io.x402.spring.web.paywall.WalletPage;
import io.x402.spring.web.reactive.DefaultServerPaymentRequiredEntryPoint;
import io.x402.spring.web.reactive.ReactivePayments;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

/**
 * What a handler without a price pays on WebFlux for the starter being there: the
 * decorator of requests, two filters and the adapter.
 */
@State(Scope.Thread)
public class UnpricedExchangeBenchmark extends AverageTimeBenchmark {

	private final BenchmarkShop shop = new BenchmarkShop().started();

	private final MockServerWebExchange exchange = MockServerWebExchange
		.from(MockServerHttpRequest.get("https://shop.example.com/weather").header("Accept", "*/*"));

	private final ServerHttpResponse response = this.exchange.getResponse();

	private final HandlerMethod handler = BenchmarkShop.handler("unpriced");

	private final HandlerAdapter plain = new EmptyAdapter();

	private final ReactivePayments payments = payments();

	private final WebFilter filter = this.payments.filter(0);

	private final HttpHandler without = (request, answer) -> handle(this.plain, this.exchange);

	private final HttpHandler with = ReactivePayments.cors()
		.apply(this.payments.requests()
			.apply((request, answer) -> this.filter.filter(this.exchange,
					(inner) -> handle(this.payments.adapter(), inner))));

	private ReactivePayments payments() {
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("plain", this.plain);
		return ReactivePayments
			.builder(this.shop.pricing(), this.shop.processor(), this.shop.codec(),
					new DefaultServerPaymentRequiredEntryPoint(
							new RefusalDocuments(402, true, new WalletPage(Networks.load()))),
					BenchmarkShop.REDELIVERY)
			.build(beans.getBeanProvider(HandlerAdapter.class));
	}

	private Mono<Void> handle(HandlerAdapter adapter, ServerWebExchange seen) {
		return adapter.handle(seen, this.handler).then();
	}

	@Benchmark
	public void without(Blackhole blackhole) {
		blackhole.consume(this.without.handle(this.exchange.getRequest(), this.response).subscribe());
	}

	@Benchmark
	public void with(Blackhole blackhole) {
		blackhole.consume(this.with.handle(this.exchange.getRequest(), this.response).subscribe());
	}

	/**
	 * Runs nothing.
	 */
	private static final class EmptyAdapter implements HandlerAdapter {

		@Override
		public boolean supports(Object handler) {
			return true;
		}

		@Override
		public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
			return Mono.empty();
		}

	}

}
