/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.server.ServerWebExchange;

/**
 * Lets the handlers of the application write the results of priced handlers, paid or let
 * in.
 */
final class PaidResultHandler implements HandlerResultHandler, Ordered {

	private final Supplier<List<HandlerResultHandler>> all;

	private volatile @Nullable List<HandlerResultHandler> others;

	/**
	 * Create an instance.
	 * @param all returns all handlers of results in order, this one included
	 */
	PaidResultHandler(Supplier<List<HandlerResultHandler>> all) {
		this.all = all;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public boolean supports(HandlerResult result) {
		return result instanceof PaidResult || result instanceof UnpaidResult;
	}

	@Override
	public Mono<Void> handleResult(ServerWebExchange exchange, HandlerResult result) {
		if (result instanceof PaidResult paid) {
			return paid.write(this::write);
		}
		return (result instanceof UnpaidResult unpaid) ? unpaid.write(this::write) : write(exchange, result);
	}

	private Mono<Void> write(ServerWebExchange exchange, HandlerResult result) {
		for (HandlerResultHandler handler : others()) {
			if (handler.supports(result)) {
				return handler.handleResult(exchange, result);
			}
		}
		return Mono.error(new IllegalStateException("No HandlerResultHandler for " + result.getReturnValue()));
	}

	private List<HandlerResultHandler> others() {
		List<HandlerResultHandler> found = this.others;
		if (found == null) {
			found = this.all.get().stream().filter((handler) -> handler != this).toList();
			this.others = found;
		}
		return found;
	}

}
