/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.web.reactive;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What the application wants to be done before its response is sent, each once.
 */
final class CommitActions {

	private final Queue<Supplier<? extends Mono<Void>>> actions = new ConcurrentLinkedQueue<>();

	void add(Supplier<? extends Mono<Void>> action) {
		this.actions.add(action);
	}

	/**
	 * Run what has been added and was not run yet.
	 */
	Mono<Void> run() {
		List<Mono<Void>> due = new ArrayList<>();
		for (Supplier<? extends Mono<Void>> action = this.actions.poll(); action != null; action = this.actions
			.poll()) {
			due.add(Mono.defer(action));
		}
		return due.isEmpty() ? Mono.empty() : Flux.concat(due).then();
	}

}
