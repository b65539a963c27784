/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.reactive;

import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

import reactor.core.publisher.Mono;

import org.springframework.core.io.Resource;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Tells of functional endpoints by their predicates and classes.
 */
final class FunctionVisitor implements RouterFunctions.Visitor {

	private final BiConsumer<String, Class<?>> visitor;

	FunctionVisitor(BiConsumer<String, Class<?>> visitor) {
		this.visitor = visitor;
	}

	@Override
	public void route(RequestPredicate predicate, HandlerFunction<?> handler) {
		this.visitor.accept(predicate.toString(), handler.getClass());
	}

	@Override
	public void startNested(RequestPredicate predicate) {
	}

	@Override
	public void endNested(RequestPredicate predicate) {
	}

	@Override
	public void resources(Function<ServerRequest, Mono<Resource>> lookup) {
	}

	@Override
	public void attributes(Map<String, Object> attributes) {
	}

	@Override
	public void unknown(RouterFunction<?> function) {
	}

}
