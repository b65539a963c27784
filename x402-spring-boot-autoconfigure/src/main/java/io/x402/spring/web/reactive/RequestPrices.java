/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.List;

import io.x402.spring.payment.PaymentOffers;
import io.x402.spring.pricing.HandlerPricing;
import io.x402.spring.pricing.PricedRequest;
import io.x402.spring.web.reactive.ServerProtectedRequestPolicy.Decision;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;

/**
 * What a request costs, and whether it is charged.
 */
final class RequestPrices {

	private final HandlerPricing pricing;

	private final ServerResourceUrlResolver urls;

	private final List<ServerProtectedRequestPolicy> policies;

	private final EngineThreads threads;

	/**
	 * Create the prices.
	 * @param pricing finds prices
	 * @param urls finds public URLs
	 * @param policies decide about priced requests, in order
	 * @param threads where prices that depend on the request are found
	 */
	RequestPrices(HandlerPricing pricing, ServerResourceUrlResolver urls, List<ServerProtectedRequestPolicy> policies,
			EngineThreads threads) {
		this.pricing = pricing;
		this.urls = urls;
		this.policies = policies;
		this.threads = threads;
	}

	/**
	 * Find the price of a handler for a request.
	 * @return the price, or {@code null} if the handler has none
	 */
	@Nullable PricedRequest find(ServerWebExchange exchange, Object handler) {
		return this.pricing.find(new ServerPricingRequest(exchange), handler);
	}

	/**
	 * Return the offers for a request. What the seller computes them from may block.
	 * @return the offers, empty if it is free
	 */
	Mono<PaymentOffers> offers(ServerWebExchange exchange, PricedRequest priced) {
		return Mono.defer(() -> {
			String url = this.urls.resolve(asSent(exchange));
			return priced.pricing().isStatic() ? Mono.justOrEmpty(priced.offers(url))
					: this.threads.take(() -> priced.offers(url));
		});
	}

	/**
	 * Offers are for the request that the buyer has sent and will repeat, whatever
	 * handlers have made of it.
	 */
	private static ServerWebExchange asSent(ServerWebExchange exchange) {
		ServerWebExchange sent = exchange;
		while (sent instanceof ServerWebExchangeDecorator decorator) {
			sent = decorator.getDelegate();
		}
		ServerHttpRequest request = sent.getRequest();
		return request.getURI().equals(exchange.getRequest().getURI()) ? exchange
				: exchange.mutate().request(request).build();
	}

	/**
	 * Decide about a request that has offers, by the first policy that does.
	 */
	Mono<Decision> decide(ServerWebExchange exchange, PaymentOffers offers) {
		return this.policies.isEmpty() ? Mono.just(Decision.CHARGE)
				: Flux.fromIterable(this.policies)
					.concatMap((policy) -> policy.decide(exchange, offers))
					.filter((decision) -> decision != Decision.CHARGE)
					.next()
					.defaultIfEmpty(Decision.CHARGE);
	}

}
