/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.function.BooleanSupplier;

import io.x402.spring.web.BodyBudget;
import io.x402.spring.web.HeldBody;
import io.x402.spring.web.PaymentHeaders;
import io.x402.spring.web.RedeliverySettings;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Puts a {@link HeldServerResponse} around the response of every request that carries a
 * payment, and ends it in whichever way the request ends. A handler that writes nothing
 * leaves it to this filter to settle; errors are rendered outside of it.
 */
final class PaymentWebFilter implements WebFilter, Ordered {

	private final PaymentHeaders headers;

	private final int holdLimit;

	private final RedeliverySettings redelivery;

	private final EngineThreads threads;

	private final BodyBudget budget;

	private final int order;

	private final BooleanSupplier unpaid;

	/**
	 * Create a filter.
	 * @param headers reads payment headers
	 * @param holdLimit maximum number of bytes of a response that are held before it is
	 * settled
	 * @param redelivery what is stored of responses
	 * @param threads where the engine runs
	 * @param unpaid whether requests without a payment may be let in
	 * @param order order of the filter
	 */
	PaymentWebFilter(PaymentHeaders headers, int holdLimit, RedeliverySettings redelivery, EngineThreads threads,
			BooleanSupplier unpaid, int order) {
		this.headers = headers;
		this.holdLimit = holdLimit;
		this.redelivery = redelivery;
		this.threads = threads;
		this.budget = new BodyBudget(redelivery.memory());
		this.unpaid = unpaid;
		this.order = order;
	}

	@Override
	public int getOrder() {
		return this.order;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (!this.headers.isPresent(new ServerRequestHead(exchange.getRequest()))
				|| HeldServerResponse.holdOf(exchange.getResponse()) != null) {
			return (this.unpaid.getAsBoolean() && UnconditionalExchange.isNeededFor(exchange.getRequest()))
					? pass(exchange, chain) : chain.filter(exchange);
		}
		return Mono.defer(() -> hold(exchange, chain));
	}

	/**
	 * A request without a payment may turn out to be let in by a pass or as a free call.
	 */
	private static Mono<Void> pass(ServerWebExchange exchange, WebFilterChain chain) {
		return Mono.deferContextual((context) -> {
			UnpaidCall call = UnpaidCall.of(context);
			return chain.filter((call != null) ? new UnconditionalExchange(exchange, call) : exchange);
		});
	}

	private Mono<Void> hold(ServerWebExchange exchange, WebFilterChain chain) {
		HeldBody body = new HeldBody(this.holdLimit, this.redelivery.enabled() ? this.redelivery.bodyLimit() : 0,
				this.budget);
		ResponseHold hold = new ResponseHold(exchange, body, this.threads);
		return chain.filter(exchange.mutate().response(HeldServerResponse.of(hold)).build())
			.then(Mono.defer(hold::finish))
			.onErrorResume(hold::abandon)
			.doOnCancel(hold::lose)
			.doFinally((signal) -> {
				if (signal == SignalType.CANCEL) {
					hold.leave();
				}
				hold.end();
			});
	}

}
