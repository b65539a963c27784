/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.concurrent.atomic.AtomicReference;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.web.server.ServerWebExchange;

/**
 * Lets the priced handlers of one request be decided about one after another, so that the
 * second one sees what the first was let in for, also when both are dispatched at once.
 * Handlers themselves do not wait for each other.
 */
final class HandlerTurns {

	private static final String ATTRIBUTE = HandlerTurns.class.getName();

	private final AtomicReference<Mono<Void>> last = new AtomicReference<>(Mono.empty());

	/**
	 * Return the turns of a request, which exchanges made of each other share.
	 */
	static HandlerTurns of(ServerWebExchange exchange) {
		return (HandlerTurns) exchange.getAttributes().computeIfAbsent(ATTRIBUTE, (name) -> new HandlerTurns());
	}

	/**
	 * Decide after those that came before. The turn ends before the decision is acted on.
	 */
	<T> Mono<T> next(Mono<T> decision) {
		return Mono.defer(() -> {
			Sinks.Empty<Void> end = Sinks.empty();
			Mono<Void> before = this.last.getAndSet(end.asMono());
			// One that is given up while it waits does not let the next one overtake
			return before.then(decision).doOnTerminate(end::tryEmitEmpty).doOnCancel(() -> before.subscribe((none) -> {
			}, (none) -> {
			}, end::tryEmitEmpty));
		});
	}

}
