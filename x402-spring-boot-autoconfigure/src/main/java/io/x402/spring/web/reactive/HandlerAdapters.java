/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;

/**
 * The adapters that run handlers, other than those that stand before all handlers.
 */
final class HandlerAdapters {

	private final Supplier<List<HandlerAdapter>> all;

	private volatile @Nullable List<HandlerAdapter> adapters;

	/**
	 * Create an instance.
	 * @param all returns all adapters in order, those before all handlers included
	 */
	HandlerAdapters(Supplier<List<HandlerAdapter>> all) {
		this.all = all;
	}

	/**
	 * Run a handler by the first adapter that supports it.
	 * @param exchange the request and its response
	 * @param handler the handler
	 * @return the result; fails if no adapter supports the handler
	 */
	Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
		for (HandlerAdapter adapter : adapters()) {
			if (adapter.supports(handler)) {
				return adapter.handle(exchange, handler);
			}
		}
		return Mono.error(new IllegalStateException("No HandlerAdapter: " + handler));
	}

	private List<HandlerAdapter> adapters() {
		List<HandlerAdapter> found = this.adapters;
		if (found == null) {
			found = this.all.get().stream().filter((adapter) -> !(adapter instanceof FirstHandlerAdapter)).toList();
			this.adapters = found;
		}
		return found;
	}

}
