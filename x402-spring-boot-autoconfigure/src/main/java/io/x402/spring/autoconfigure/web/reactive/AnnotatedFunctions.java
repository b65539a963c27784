/*
 * Copyright 2026-present the original author or authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.x402.spring.autoconfigure.web.reactive;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import io.x402.spring.autoconfigure.web.HandlerChecks;
import reactor.core.publisher.Mono;

import org.springframework.core.io.Resource;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * Lists functional endpoints, and refuses those whose class is annotated with a price.
 */
final class AnnotatedFunctions implements RouterFunctions.Visitor {

	private final List<String> functions = new ArrayList<>();

	/**
	 * Visit endpoints.
	 * @param functions the endpoints
	 * @return their predicates
	 */
	static List<String> of(Stream<? extends RouterFunction<?>> functions) {
		AnnotatedFunctions annotated = new AnnotatedFunctions();
		functions.forEach((function) -> function.accept(annotated));
		return annotated.functions;
	}

	@Override
	public void route(RequestPredicate predicate, HandlerFunction<?> handler) {
		HandlerChecks.refuseAnnotated(handler.getClass(), predicate.toString());
		this.functions.add(predicate.toString());
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
