/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import io.x402.spring.pricing.HandlerPricing;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;

/**
 * Closes every priced handler while payments are switched off.
 */
final class ClosedHandlerAdapter implements FirstHandlerAdapter {

	private final HandlerPricing pricing;

	private final PaymentWriter writer;

	private final HandlerAdapters adapters;

	/**
	 * Create an adapter.
	 * @param pricing finds prices
	 * @param writer responds to requests that are not served
	 * @param adapters run handlers that are free
	 */
	ClosedHandlerAdapter(HandlerPricing pricing, PaymentWriter writer, HandlerAdapters adapters) {
		this.pricing = pricing;
		this.writer = writer;
		this.adapters = adapters;
	}

	@Override
	public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
		return isPriced(exchange, handler) ? this.writer.unavailable(exchange).then(Mono.empty())
				: this.adapters.handle(exchange, handler);
	}

	private boolean isPriced(ServerWebExchange exchange, Object handler) {
		try {
			return this.pricing.find(new ServerPricingRequest(exchange), handler) != null;
		}
		catch (RuntimeException ex) {
			return true;
		}
	}

}
